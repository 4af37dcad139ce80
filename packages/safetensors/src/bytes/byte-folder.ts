import type { ByteSource } from "./byte-source.ts";

/** Files by name: a folder on a disk or a server, an archive, the files that a user chose in a browser. */
export interface ByteFolder {
  /** A source over this file, which the caller closes; null when there is no such file. */
  open(name: string): Promise<ByteSource | null>;
}
