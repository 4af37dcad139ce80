import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own for one test. Disposing it removes it. */
export class TemporaryFolder implements AsyncDisposable {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await mkdtemp(join(tmpdir(), "octet-checkpoint-")));
  }

  at(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** The names of everything below it, hidden names too. */
  async list(): Promise<string[]> {
    return (await readdir(this.path, { recursive: true })).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
