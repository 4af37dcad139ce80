import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const blockBytes = 512;

/** Writes the plain files of a tar archive into one folder, without the folders inside; `keep` chooses by file name. */
export function untar(archive: Uint8Array, folder: string, keep: (name: string) => boolean = () => true): void {
  const text = new TextDecoder();
  const field = (start: number, length: number) =>
    text.decode(archive.subarray(start, start + length)).replace(/\0.*$/s, "");
  mkdirSync(folder, { recursive: true });
  for (let header = 0; header + blockBytes <= archive.length; ) {
    const name = basename(field(header, 100));
    if (name === "") return;
    const bytes = Number.parseInt(field(header + 124, 12), 8) || 0;
    const type = field(header + 156, 1);
    const start = header + blockBytes;
    if ((type === "0" || type === "") && keep(name)) {
      const path = join(folder, name);
      writeFileSync(path, archive.subarray(start, start + bytes));
      chmodSync(path, 0o755);
    }
    header = start + Math.ceil(bytes / blockBytes) * blockBytes;
  }
}
