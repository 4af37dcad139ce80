import { randomUUID } from "node:crypto";
import { lstat, mkdir, rm, rmdir } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path";
import { fileSink } from "@octet/safetensors/node";
import type { CheckpointSink } from "../open/checkpoint-input.ts";
import { describeFailure, isSystemError } from "./file-errors.ts";
import type { LocatedInput } from "./locate-input.ts";
import type { LocatedOutput } from "./locate-output.ts";
import { copyToDisk, type OtherFile } from "./other-files.ts";
import { folderPermissionsOf, permissionsOf, permissionsOfEither } from "./permissions.ts";
import { putInPlace } from "./put-in-place.ts";
import { syncFolder } from "./sync-folder.ts";

/**
 * An output that is written beside its final name, under a hidden temporary one, and gets the final name when it is complete and on the
 * disk. Nothing exists before the first file is asked for. Files and folders get the permissions that they have in the input, less those
 * that the umask takes away.
 */
export class StagedOutput {
  readonly #input: LocatedInput;
  readonly #target: LocatedOutput;
  /** Without the name of the output in it, which may be as long as the file system allows. */
  readonly #temporary: string;
  /** The folders of the output that were made, under their temporary names; each after the one that it lies in. */
  readonly #folders: Set<string> = new Set();
  /** The topmost of the folders above the output that had to be made. */
  #topmostMade: string | undefined;
  #begun: Promise<void> | undefined;

  constructor(input: LocatedInput, target: LocatedOutput) {
    this.#input = input;
    this.#target = target;
    this.#temporary = join(dirname(target.path), `.octet-${randomUUID()}`);
  }

  /** A sink for one file of a folder; for an output that is a file itself, `file` is not looked at. */
  async createSink(file: string): Promise<CheckpointSink> {
    return this.#describe(async () => {
      await this.#begin();
      const sink = this.#target.isFolder
        ? await fileSink(await this.#makePlace(file), { flags: "wx", mode: await this.#permissionsOf(file) })
        : await fileSink(this.#temporary, { flags: "wx", mode: await permissionsOf(this.#input.path) });
      return {
        write: (bytes) => this.#describe(() => sink.write(bytes)),
        close: () =>
          this.#describe(async () => {
            await using _closed = sink;
            await sink.sync();
          }),
        abort: () => sink.close(),
      };
    });
  }

  /** Copies a file of the input. @throws the signal's reason when it is aborted */
  async copy(file: OtherFile, signal: AbortSignal | undefined): Promise<void> {
    await this.#describe(async () => {
      await this.#begin();
      await copyToDisk(file, await this.#makePlace(file.name), signal);
    });
  }

  /** Gives the output its name. @throws OctetError `ERR_UNAVAILABLE` as `putInPlace` does, and where the system refuses */
  async commit(): Promise<void> {
    await this.#describe(async () => {
      for (const folder of [...this.#folders].reverse()) await syncFolder(folder);
      await putInPlace(this.#temporary, this.#target);
      const topmost = dirname(this.#topmostMade ?? this.#target.path);
      for (let folder = dirname(this.#target.path); ; folder = dirname(folder)) {
        await syncFolder(folder);
        if (folder === topmost) return;
      }
    });
  }

  /** Removes an output that will not be complete. */
  async discard(): Promise<void> {
    if (this.#begun === undefined) return;
    await this.#begun.catch(() => undefined);
    await rm(this.#temporary, { recursive: true, force: true });
    if (this.#topmostMade !== undefined) await removeEmptyFolders(dirname(this.#temporary), this.#topmostMade);
  }

  #begin(): Promise<void> {
    this.#begun ??= (async () => {
      const { path, isFolder } = this.#target;
      this.#topmostMade = await mkdir(dirname(path), { recursive: true });
      await refuseImpossibleName(path);
      if (isFolder) await this.#makeFolder(this.#temporary, this.#input.folder);
    })();
    return this.#begun;
  }

  /** The temporary path of a file in a folder, after making the folders above it. */
  async #makePlace(file: string): Promise<string> {
    let [made, source] = [this.#temporary, this.#input.folder];
    for (const part of normalize(file).split(sep).slice(0, -1)) {
      [made, source] = [join(made, part), join(source, part)];
      if (!this.#folders.has(made)) await this.#makeFolder(made, source);
    }
    return join(this.#temporary, file);
  }

  async #makeFolder(path: string, source: string): Promise<void> {
    await mkdir(path, { mode: await folderPermissionsOf(source) });
    this.#folders.add(path);
  }

  /** Those of the file in the input; a config.json that the input lacks gets those of the weights. */
  #permissionsOf(file: string): Promise<number> {
    const { folder, weights } = this.#input;
    return permissionsOfEither(join(folder, file), join(folder, weights));
  }

  #describe<T>(work: () => Promise<T>): Promise<T> {
    return describeFailure(`write ${this.#target.path}`, work);
  }
}

/** A name that the file system does not take is refused here, not after the work. */
async function refuseImpossibleName(path: string): Promise<void> {
  await lstat(path).catch((error: unknown) => {
    if (!isSystemError(error, "ENOENT")) throw error;
  });
}

/** Removes folders from `lowest` up to `topmost`, up to the first that has something in it. */
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
