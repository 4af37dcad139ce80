import { execFileSync } from "node:child_process";
import { chmod, mkdir, readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import {
  comparePaths,
  openCheckpointPath,
  openWeightsPath,
  type QuantizePathOptions,
  quantizePath,
} from "@octet/checkpoint/node";
import { createReferenceBackend } from "@octet/core";
import { encodeSafetensors } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { expectRefusal } from "./support/refusal.ts";
import { createWeights, storedTensor } from "./support/seeded-values.ts";
import { TemporaryFolder } from "./support/temporary-folder.ts";

const backend = createReferenceBackend();
const windows = process.platform === "win32";
const weights = encodeSafetensors([storedTensor("a.weight", createWeights(71, "bfloat16", [6, 8]))]);
const shard = "parts/one.safetensors";

async function writeModel(folder: string): Promise<void> {
  await mkdir(`${folder}/parts`, { recursive: true });
  await writeFile(`${folder}/${shard}`, weights);
  await writeFile(`${folder}/model.safetensors.index.json`, JSON.stringify({ weight_map: { "a.weight": shard } }));
  await writeFile(`${folder}/config.json`, '{"model_type":"llama"}');
  await mkdir(`${folder}/1_Pooling`);
  await writeFile(`${folder}/1_Pooling/config.json`, "{}");
}

const quantize = (input: string, output: string, options: Partial<QuantizePathOptions> = {}) => {
  return quantizePath(input, output, { backend, ...options });
};

/** Calls `act` once, when the work has begun. */
function during(act: () => void): Pick<QuantizePathOptions, "onProgress"> {
  let done = false;
  return {
    onProgress: () => {
      if (!done) act();
      done = true;
    },
  };
}

describe("a file or folder that appears under the output's name during the run", () => {
  test.each(["a file", "a folder", "an empty folder", "a dangling link"])(
    "is not replaced, and nothing is left: %s",
    async (what) => {
      for (const input of ["in", "in.safetensors"]) {
        await using folder = await TemporaryFolder.create();
        await writeModel(folder.at("in"));
        await writeFile(folder.at("in.safetensors"), weights);
        const make = {
          "a file": () => writeFile(folder.at("out"), "precious"),
          "a folder": async () => writeModel(folder.at("out")),
          "an empty folder": () => mkdir(folder.at("out")),
          "a dangling link": () => symlink("nowhere", folder.at("out")),
        }[what]!;
        let appeared: Promise<string[]> | undefined;
        const work = quantize(
          folder.at(input),
          folder.at("out"),
          during(() => {
            appeared = Promise.resolve(make()).then(() => folder.list());
          }),
        );
        await expectRefusal(work, "ERR_UNAVAILABLE", "out");
        const visible = (await appeared!).filter((name) => !name.startsWith(".octet-"));
        expect(await folder.list()).toEqual(visible);
        if (what === "a file") expect(await readFile(folder.at("out"), "utf8")).toBe("precious");
      }
    },
  );

  test("is replaced with force, unless it is a folder of other things", async () => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    await quantize(folder.at("in"), folder.at("out"), {
      force: true,
      ...during(() => void mkdir(folder.at("out")).then(() => writeFile(folder.at("out/config.json"), "{}"))),
    });
    expect((await comparePaths(folder.at("in"), folder.at("out"))).totals.layers).toBe(1);
    await rm(folder.at("out"), { recursive: true });
    const work = quantize(folder.at("in"), folder.at("out"), {
      force: true,
      ...during(() => void mkdir(folder.at("out/src"), { recursive: true })),
    });
    await expectRefusal(work, "ERR_UNAVAILABLE", "--force does not remove");
    expect((await folder.list()).filter((name) => !name.startsWith("in"))).toEqual(["out", "out/src"]);
  });
});

describe("permissions follow the input's", () => {
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

  test.for([0o600, 0o640, 0o400])("of a file, %o", async (mode, { skip }) => {
    if (windows) skip("Windows has no such permissions");
    await using folder = await TemporaryFolder.create();
    await writeFile(folder.at("in.safetensors"), weights);
    await chmod(folder.at("in.safetensors"), mode);
    await quantize(folder.at("in.safetensors"), folder.at("out.safetensors"));
    expect(await modeOf(folder.at("out.safetensors"))).toBe(mode.toString(8));
    await writeFile(folder.at("old.safetensors"), "old", { mode: 0o644 });
    await quantize(folder.at("in.safetensors"), folder.at("old.safetensors"), { force: true });
    expect(await modeOf(folder.at("old.safetensors"))).toBe(mode.toString(8));
  });

  test("of folders and every file in them", async ({ skip }) => {
    if (windows) skip("Windows has no such permissions");
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    const modes = {
      [shard]: 0o600,
      parts: 0o700,
      "model.safetensors.index.json": 0o640,
      "config.json": 0o604,
      "1_Pooling/config.json": 0o400,
      "1_Pooling": 0o500, // the output's owner may write into it
      "": 0o750,
    };
    for (const [name, mode] of Object.entries(modes)) await chmod(folder.at("in", name), mode);
    for (const input of ["in", "in/model.safetensors.index.json"]) {
      await quantize(folder.at(input), folder.at("out"), { force: true });
      for (const [name, mode] of Object.entries(modes)) {
        if (input !== "in" && name.startsWith("1_Pooling")) continue;
        expect([name, await modeOf(folder.at("out", name))]).toEqual([
          name,
          (name === "1_Pooling" ? 0o700 : mode).toString(8),
        ]);
      }
    }
    await rm(folder.at("in/config.json"));
    await rm(folder.at("out"), { recursive: true });
    await quantize(folder.at("in"), folder.at("out"));
    expect(await modeOf(folder.at("out/config.json"))).toBe("640");
  });
});

describe("long names", () => {
  const longest = "o".repeat(255);

  test.each(["in", "in.safetensors"])("work up to the file system's limit, with force too: %s", async (input) => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    await writeFile(folder.at("in.safetensors"), weights);
    for (const force of [false, true]) await quantize(folder.at(input), folder.at(longest), { force });
    await using checkpoint = await openCheckpointPath(folder.at(longest));
    expect(checkpoint.layers.size).toBe(1);
  });

  test("are refused beyond it before anything is read or written, in a folder that is not there as well", async () => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    const before = await folder.list();
    let steps = 0;
    for (const output of [`${longest}o`, `new/${longest}o`]) {
      const work = quantize(folder.at("in"), folder.at(output), { onProgress: () => (steps += 1) });
      await expectRefusal(work, "ERR_UNAVAILABLE", "longer than the file system allows", "ENAMETOOLONG");
    }
    expect(steps).toBe(0);
    expect(await folder.list()).toEqual(before);
  });
});

describe("what is read is a regular file of bounded size", () => {
  test("the config.json beside a lone file; another is passed by", async ({ skip }) => {
    if (windows) skip("Windows has neither pipes nor devices with a name");
    await using folder = await TemporaryFolder.create();
    await writeFile(folder.at("in.safetensors"), weights);
    const config = folder.at("config.json");
    execFileSync("mkfifo", [config]);
    await quantize(folder.at("in.safetensors"), folder.at("out"));
    await rm(config);
    await symlink("/dev/zero", config);
    await quantize(folder.at("in.safetensors"), folder.at("out"), { force: true });
    await rm(config);
    await writeFile(config, "");
    await truncate(config, 2 ** 33);
    await quantize(folder.at("in.safetensors"), folder.at("out"), { force: true });
  });

  test.for(["config.json", "model.safetensors.index.json"])("%s of a folder", async (name, { skip }) => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    await truncate(folder.at("in", name), 3 * 10 ** 9); // sparse
    const before = process.memoryUsage.rss();
    for (const open of [
      () => quantize(folder.at("in"), folder.at("out")),
      () => openCheckpointPath(folder.at("in")),
      () => comparePaths(folder.at("in"), folder.at("in")),
    ]) {
      await expectRefusal(open(), "ERR_FORMAT", name, "3000000000 bytes, the limit is");
    }
    expect(process.memoryUsage.rss() - before).toBeLessThan(200e6);
    if (windows) skip("Windows has no pipes among its files");
    await rm(folder.at("in", name));
    execFileSync("mkfifo", [folder.at("in", name)]);
    await expectRefusal(quantize(folder.at("in"), folder.at("out")), "ERR_FORMAT", name, "regular file");
  });

  test("every other file of a folder", async ({ skip }) => {
    if (windows) skip("Windows has neither pipes nor devices with a name");
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    execFileSync("mkfifo", [folder.at("in/notes")]);
    await expectRefusal(quantize(folder.at("in"), folder.at("out")), "ERR_UNAVAILABLE", "notes");
    await rm(folder.at("in/notes"));
    await symlink("/dev/zero", folder.at("in/notes"));
    await expectRefusal(quantize(folder.at("in"), folder.at("out")), "ERR_UNAVAILABLE", "notes");
  });
});

describe("arguments that no compiler checked are refused", () => {
  test.each([undefined, null, 7, "", "a\0b", ["a"], {}, new URL("file:///a")])(
    "a path that is none: %s",
    async (path) => {
      await using folder = await TemporaryFolder.create();
      await writeFile(folder.at("in.safetensors"), weights);
      const wrong = path as string;
      for (const call of [
        () => quantize(wrong, folder.at("out")),
        () => quantize(folder.at("in.safetensors"), wrong, { force: true }),
        () => comparePaths(wrong, folder.at("in.safetensors")),
        () => comparePaths(folder.at("in.safetensors"), wrong),
        () => openCheckpointPath(wrong),
        () => openWeightsPath(wrong),
      ]) {
        await expectRefusal(call(), "ERR_UNSUPPORTED", "path");
      }
      expect(await folder.list()).toEqual(["in.safetensors"]);
    },
  );

  test.each([
    undefined,
    null,
    7,
    "x",
    { backend, force: "false" },
    { backend, force: 1 },
    { backend, force: null },
    [],
  ])("options that are none: %o", async (options) => {
    await using folder = await TemporaryFolder.create();
    await writeFile(folder.at("in.safetensors"), weights);
    await writeFile(folder.at("out"), "precious");
    const work = quantizePath(folder.at("in.safetensors"), folder.at("out"), options as unknown as QuantizePathOptions);
    await expectRefusal(work, "ERR_UNSUPPORTED");
    expect(await readFile(folder.at("out"), "utf8")).toBe("precious");
  });

  test("a misspelled option is refused before any path is looked at", async () => {
    const work = quantizePath("missing", "out", { backend, forse: true } as QuantizePathOptions);
    await expectRefusal(work, "ERR_UNSUPPORTED", 'quantizePath has no option "forse"', "did you mean force?");
  });
});
