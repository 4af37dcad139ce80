import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileSink } from "@octet/safetensors/node";
import type { CheckpointSink } from "../checkpoint-input.ts";
import { describeFailure } from "./file-errors.ts";
import type { LocatedOutput } from "./locate-output.ts";
import { copyToDisk, type OtherFile } from "./other-files.ts";

/**
 * An output that comes into being beside its final name, under a hidden temporary one, and gets the final name when it is complete and on
 * the disk. Nothing exists before the first file is asked for.
 */
export class StagedOutput {
  readonly #target: LocatedOutput;
  readonly #temporary: string;
  /** The topmost of the folders above the output that had to be made. */
  #topmostMade: string | undefined;
  #begun: Promise<void> | undefined;

  constructor(target: LocatedOutput) {
    this.#target = target;
    const name = `.${basename(target.path)}.octet-${randomUUID().slice(0, 8)}`;
    this.#temporary = join(dirname(target.path), name);
  }

  /** A sink for one file of a folder; for an output that is a file itself, `file` is not looked at. */
  async createSink(file: string): Promise<CheckpointSink> {
    return this.#describe(async () => {
      await this.#begin();
      const path = this.#target.isFolder ? join(this.#temporary, file) : this.#temporary;
      if (this.#target.isFolder) await mkdir(dirname(path), { recursive: true });
      const sink = await fileSink(path, { flags: "wx" });
      return {
        write: (bytes) => this.#describe(() => sink.write(bytes)),
        close: () =>
          this.#describe(async () => {
            await sink.sync();
            await sink.close();
          }),
        abort: () => sink.close(),
      };
    });
  }

  async copy(file: OtherFile): Promise<void> {
    await this.#describe(async () => {
      await this.#begin();
      await copyToDisk(file, join(this.#temporary, file.name));
    });
  }

  /** Gives the output its name. What had the name before is gone after that, and not before. */
  async commit(): Promise<void> {
    const { path, isFolder, exists } = this.#target;
    await this.#describe(async () => {
      if (isFolder) await syncFolder(this.#temporary);
      if (isFolder && exists) await this.#replaceFolder();
      else await rename(this.#temporary, path);
      await syncFolder(dirname(path));
    });
  }

  /** Removes what there is of an output that will not be complete. */
  async discard(): Promise<void> {
    if (this.#begun === undefined) return;
    await this.#begun.catch(() => undefined);
    await rm(this.#temporary, { recursive: true, force: true });
    if (this.#topmostMade !== undefined) await removeEmptyFolders(dirname(this.#temporary), this.#topmostMade);
  }

  #begin(): Promise<void> {
    this.#begun ??= (async () => {
      this.#topmostMade = await mkdir(dirname(this.#temporary), { recursive: true });
      if (this.#target.isFolder) await mkdir(this.#temporary);
    })();
    return this.#begun;
  }

  /** A folder does not rename onto another, so the old one steps aside; it steps back if the new one cannot take its place. */
  async #replaceFolder(): Promise<void> {
    const { path } = this.#target;
    const old = `${this.#temporary}.old`;
    await rename(path, old);
    try {
      await rename(this.#temporary, path);
    } catch (error) {
      await rename(old, path);
      throw error;
    }
    await describeFailure(`remove ${old}, which ${path} was before`, () => rm(old, { recursive: true, force: true }));
  }

  #describe<T>(work: () => Promise<T>): Promise<T> {
    return describeFailure(`write ${this.#target.path}`, work);
  }
}

/** Removes folders from `lowest` up to `topmost`, as far as nobody has put anything in them. */
async function removeEmptyFolders(lowest: string, topmost: string): Promise<void> {
  try {
    for (let folder = lowest; ; folder = dirname(folder)) {
      await rmdir(folder);
      if (folder === topmost) return;
    }
  } catch {
    return;
  }
}

/** Makes names in a folder last. Some systems do not open folders; there the names last when the system gets round to it. */
async function syncFolder(path: string): Promise<void> {
  try {
    await using handle = await open(path, "r");
    await handle.sync();
  } catch {
    return;
  }
}
