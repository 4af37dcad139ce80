import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { InspectJson } from "@octet/cli";
import { beforeAll, describe, expect } from "vitest";
import {
  modelTensors,
  randomTensor,
  temporaryFolder,
  writeModel,
  writeShardedModel,
  writeTensors,
} from "./support/model.ts";
import { it, plainEnvironment, waitFor } from "./support/octet.ts";

let folder: string;
let file: string;
let index: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  file = await writeModel(join(folder, "whole"));
  index = await writeShardedModel(join(folder, "sharded"));
});

describe("the table", () => {
  it("shows names, dtypes, shapes, sizes, metadata and totals of a file", async ({ octet }) => {
    const { exitCode, stdout, stderr } = await octet.run(["inspect", file]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^name +dtype +shape +size$/m);
    expect(stdout).toMatch(/^model\.layers\.0\.mlp\.up_proj\.weight +F32 +7×33 +924 B$/m);
    expect(stdout).toMatch(/^4 tensors +716 elements +2\.86 kB$/m);
    expect(stdout).toMatch(/^ {2}format: pt$/m);
  });

  it("says which file of several holds a tensor", async ({ octet }) => {
    const { exitCode, stdout } = await octet.run(["inspect", index]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^lm_head\.weight .*model-00002-of-00002\.safetensors$/m);
    expect(stdout).toMatch(/^4 tensors .* 2 files$/m);
  });

  it("shows control characters of a name instead of obeying them", async ({ octet }) => {
    const path = await writeTensors(join(folder, "hostile.safetensors"), [randomTensor("\u001b[2J\nx", [1], 5)]);
    const { stdout } = await octet.run(["inspect", path]);
    expect(stdout).toContain("\\u001b[2J x");
    expect(stdout).not.toContain("\u001b");
  });

  it("is empty for a file without tensors", async ({ octet }) => {
    const path = await writeTensors(join(folder, "empty.safetensors"), []);
    const { exitCode, stdout } = await octet.run(["inspect", path]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^0 tensors +0 elements +0 B$/m);
  });
});

describe("--json", () => {
  it("prints one document for a file", async ({ octet }) => {
    const { exitCode, stdout, stderr } = await octet.run(["inspect", file, "--json"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const document: InspectJson = JSON.parse(stdout);
    expect(document).toMatchObject({ path: file, metadata: { format: "pt" } });
    expect(document.totals).toEqual({ tensors: 4, elements: 716, bytes: 2864, files: 1 });
    const expected = modelTensors.map(({ name, dtype, shape, data }) => {
      return { name, dtype, shape, bytes: data.byteLength, file: "model.safetensors" };
    });
    expect([...document.tensors].sort(byName)).toEqual(expected.sort(byName));
  });

  it("prints the same tensors for an index and for its folder", async ({ octet }) => {
    const [fromIndex, fromFolder] = await Promise.all(
      [index, join(folder, "sharded")].map(async (path): Promise<InspectJson> => {
        return JSON.parse((await octet.run(["inspect", path, "--json"])).stdout);
      }),
    );
    expect(fromFolder.tensors).toEqual(fromIndex.tensors);
    expect(fromFolder.totals).toEqual({ tensors: 4, elements: 716, bytes: 2864, files: 2 });
  });
});

describe("the weights of a folder", () => {
  it("may have another name when they are the only ones", async ({ octet }) => {
    await mkdir(join(folder, "renamed"));
    await copyFile(file, join(folder, "renamed", "adapter.safetensors"));
    const { exitCode } = await octet.run(["inspect", join(folder, "renamed")]);
    expect(exitCode).toBe(0);
  });

  it("must be named when there are several", async ({ octet }) => {
    await mkdir(join(folder, "several"));
    for (const name of ["a", "b"]) await copyFile(file, join(folder, "several", `${name}.safetensors`));
    const { exitCode, stderr } = await octet.run(["inspect", join(folder, "several")]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^octet: ERR_UNAVAILABLE: .*a\.safetensors, b\.safetensors\n$/);
  });

  it("must be there", async ({ octet }) => {
    await mkdir(join(folder, "none"));
    const { exitCode, stderr } = await octet.run(["inspect", join(folder, "none")]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^octet: ERR_UNAVAILABLE: .*no weights.*\n$/);
  });
});

describe("errors", () => {
  it("are one line, without a stack", async ({ octet }) => {
    const path = join(folder, "nosuch.safetensors");
    const outcome = await octet.run(["inspect", path]);
    const stderr = `octet: ERR_UNAVAILABLE: cannot read ${path}: there is no such file or folder (ENOENT)\n`;
    expect(outcome).toEqual({ exitCode: 1, stdout: "", stderr });
  });

  it("have a stack with --debug, before or after the command", async ({ octet }) => {
    const path = join(folder, "nosuch.safetensors");
    for (const args of [
      ["--debug", "inspect", path],
      ["inspect", path, "--debug"],
    ]) {
      const { exitCode, stderr } = await octet.run(args);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^octet: ERR_UNAVAILABLE: .*\n.*ENOENT.*\n +at /);
    }
  });

  it("name a malformed file", async ({ octet }) => {
    const path = join(folder, "malformed.safetensors");
    await writeFile(path, "not a safetensors file");
    const { exitCode, stdout, stderr } = await octet.run(["inspect", path, "--json"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^octet: ERR_FORMAT: .*malformed\.safetensors: .*\n$/);
  });

  it("name a shard that is missing", async ({ octet }) => {
    const path = join(folder, "lonely.safetensors.index.json");
    await writeFile(path, JSON.stringify({ metadata: {}, weight_map: { x: "gone.safetensors" } }));
    const { exitCode, stderr } = await octet.run(["inspect", path]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^octet: ERR_UNAVAILABLE: .*gone\.safetensors.*\n$/);
  });

  it("name a file that may not be read", async ({ octet, skip }) => {
    if (process.getuid?.() === 0) skip("root may read every file");
    const path = await writeModel(join(folder, "secret"));
    await chmod(path, 0);
    const { exitCode, stderr } = await octet.run(["inspect", path]);
    expect(exitCode).toBe(1);
    expect(stderr).toBe(`octet: ERR_UNAVAILABLE: cannot read ${path}: permission denied (EACCES)\n`);
  });
});

describe("output", () => {
  it("may be cut off by its reader", async ({ octet }) => {
    const many = Array.from({ length: 3000 }, (_, number) => randomTensor(`layers.${number}.weight`, [1], number));
    const path = await writeTensors(join(folder, "many.safetensors"), many);
    const child = octet.start(["inspect", path]);
    child.stdout!.once("data", () => child.stdout!.destroy());
    const { exitCode, stderr } = await waitFor(child);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  it("that cannot be written is an error", ({ octet, skip }) => {
    if (!existsSync("/dev/full")) skip("there is no /dev/full here");
    const command = `"$@" > /dev/full`;
    const { status, stderr } = spawnSync("sh", ["-c", command, "sh", ...octet.argv, "inspect", file], {
      encoding: "utf8",
      env: plainEnvironment(),
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^octet: ERR_UNAVAILABLE: cannot write to standard output: .*ENOSPC.*\n$/);
  });

  it.for([
    [{}, false],
    [{ FORCE_COLOR: "1" }, true],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false],
  ] as const)("has colours in a pipe only when they are forced: %j", async ([env, colored], { octet }) => {
    const { stdout } = await octet.run(["inspect", file], { env });
    expect(stdout.includes("\u001b[")).toBe(colored);
  });
});

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
