import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LocatedInput } from "./locate-input.ts";
import type { LocatedOutput } from "./locate-output.ts";
import { StagedOutput } from "./staged-output.ts";

/** `calls` lists the calls of the file system in order; `refused` maps patterns of such calls to the error codes that they throw. */
const spy = vi.hoisted(() => ({ calls: [] as string[], refused: new Map<string, string>() }));

vi.mock("node:fs/promises", async (importOriginal) => {
  const real = await importOriginal<typeof import("node:fs/promises")>();
  const note = (call: string): void => {
    spy.calls.push(call);
    for (const [pattern, code] of spy.refused) {
      if (new RegExp(pattern).test(plain(call))) throw Object.assign(new Error(code), { code, syscall: "refused" });
    }
  };
  const open: typeof real.open = async (path, ...rest) => {
    const handle = await real.open(path, ...rest);
    const sync = handle.sync.bind(handle);
    handle.sync = async () => {
      note(`sync ${path}`);
      await sync();
    };
    return handle;
  };
  const rename: typeof real.rename = async (from, to) => {
    note(`rename ${from} ${to}`);
    await real.rename(from, to);
  };
  const link: typeof real.link = async (from, to) => {
    note(`link ${from} ${to}`);
    await real.link(from, to);
  };
  return { ...real, open, rename, link };
});

let root: string;
/** A call with paths relative to the folder of the test, and the random part of temporary names taken out. */
function plain(call: string): string {
  const words = call.split(" ").map((word) => (word.startsWith(root) ? relative(root, word) || "." : word));
  return words.join(" ").replace(/\.octet-[-0-9a-f]{36}/g, "TEMPORARY");
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "octet-staged-"));
  await mkdir(join(root, "in/sub"), { recursive: true });
  for (const name of ["w.safetensors", "sub/other"]) await writeFile(join(root, "in", name), "new");
  spy.calls.length = 0;
  spy.refused.clear();
});
afterEach(() => rm(root, { recursive: true }));

/** Writes a folder with a file and a copy, or a single file, and gives it its name. */
async function stage(name: string, options: { isFolder: boolean; force?: boolean }): Promise<void> {
  const folder = join(root, "in");
  const weights = "w.safetensors";
  const input: LocatedInput = {
    path: join(folder, weights),
    folder,
    weights,
    kind: options.isFolder ? "folder" : "file",
  };
  const target: LocatedOutput = { path: join(root, name), name, force: false, ...options };
  const staged = new StagedOutput(input, target);
  try {
    const sink = await staged.createSink(weights);
    await sink.write(new TextEncoder().encode("new"));
    await sink.close?.();
    if (options.isFolder) {
      await staged.copy({ name: join("sub", "other"), realPath: join(folder, "sub", "other") }, undefined);
    }
    await staged.commit();
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

async function writeOldFolder(): Promise<void> {
  await mkdir(join(root, "out"));
  await writeFile(join(root, "out/config.json"), "old");
}

describe("everything is on the disk before it gets its name, and the name before the old output goes", () => {
  test("a file", async () => {
    await stage("new/out", { isFolder: false });
    expect(spy.calls.map(plain)).toEqual(["sync new/TEMPORARY", "link new/TEMPORARY new/out", "sync new", "sync ."]);
  });

  test("a file that replaces another", async () => {
    await writeFile(join(root, "out"), "old");
    await stage("out", { isFolder: false, force: true });
    expect(spy.calls.map(plain)).toEqual(["sync TEMPORARY", "rename TEMPORARY out", "sync ."]);
    expect(await readFile(join(root, "out"), "utf8")).toBe("new");
  });

  test("a folder that replaces another", async () => {
    await writeOldFolder();
    await stage("out", { isFolder: true, force: true });
    expect(spy.calls.map(plain)).toEqual([
      ...["sync TEMPORARY/w.safetensors", "sync TEMPORARY/sub/other", "sync TEMPORARY/sub", "sync TEMPORARY"],
      ...["rename out TEMPORARY.old", "rename TEMPORARY out", "sync .", "sync ."],
    ]);
    expect((await readdir(root)).sort()).toEqual(["in", "out"]);
    expect((await readdir(join(root, "out"))).sort()).toEqual(["sub", "w.safetensors"]);
  });
});

describe("when the system refuses", () => {
  test.each([
    ["sync TEMPORARY/w", "EIO"],
    ["sync TEMPORARY/sub$", "ENOSPC"],
    ["sync TEMPORARY$", "EIO"],
    ["rename out", "EBUSY"],
    ["rename TEMPORARY out", "EBUSY"],
  ])("%s, the old folder is where it was: %s", async (call, code) => {
    await writeOldFolder();
    spy.refused.set(call, code);
    await expect(stage("out", { isFolder: true, force: true })).rejects.toMatchObject({
      code: "ERR_UNAVAILABLE",
      message: expect.stringContaining(code),
    });
    expect((await readdir(root)).sort()).toEqual(["in", "out"]);
    expect(await readFile(join(root, "out/config.json"), "utf8")).toBe("old");
  });

  test("to put the old folder back as well, the message says where it is", async () => {
    await writeOldFolder();
    spy.refused.set("rename TEMPORARY(\\.old)? out", "EBUSY");
    const error = await stage("out", { isFolder: true, force: true }).catch((reason: Error) => reason);
    const [, old] = /which is (\S+\.old) now/.exec((error as Error).message)!;
    expect(await readFile(join(old, "config.json"), "utf8")).toBe("old");
  });

  test("a second name for a file, as some file systems do, an output that is there still stays", async () => {
    spy.refused.set("link", "EPERM");
    await stage("out", { isFolder: false });
    expect(await readFile(join(root, "out"), "utf8")).toBe("new");
    expect(spy.calls.map(plain)).toContain("rename TEMPORARY out");
    await expect(stage("out", { isFolder: false })).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
    expect((await readdir(root)).sort()).toEqual(["in", "out"]);
  });

  test("to sync a folder because it cannot, the output is complete all the same", async () => {
    spy.refused.set("sync (\\.|TEMPORARY)$", "EINVAL");
    await stage("out", { isFolder: true });
    expect((await readdir(join(root, "out"))).sort()).toEqual(["sub", "w.safetensors"]);
  });
});
