import { once } from "node:events";
import { chmod, link, mkdir, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { basename, relative } from "node:path";
import { comparePaths, openCheckpointPath, type QuantizePathOptions } from "@octet/checkpoint/node";
import { encodeSafetensors } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { model, quantize, shards, weights, writeModel, writeSharded } from "./support/model-on-disk.ts";
import { expectRefusal } from "./support/refusal.ts";
import { float32Tensor } from "./support/seeded-values.ts";
import { TemporaryFolder } from "./support/temporary-folder.ts";

describe("what becomes what", () => {
  test("a file becomes a file", async () => {
    await using folder = await TemporaryFolder.create();
    await writeFile(folder.at("in.safetensors"), weights);
    const report = await quantize(folder.at("in.safetensors"), folder.at("out.safetensors"));
    expect(report.layers.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(await folder.list()).toEqual(["in.safetensors", "out.safetensors"]);
    await using checkpoint = await openCheckpointPath(folder.at("out.safetensors"));
    expect(checkpoint.layers.size).toBe(2);
    const compared = await comparePaths(folder.at("in.safetensors"), folder.at("out.safetensors"));
    expect(compared.totals).toEqual(report.totals);
  });

  test("a file goes into a folder that exists, or that ends in a slash, under its own name", async () => {
    await using folder = await TemporaryFolder.create();
    await writeFile(folder.at("in.safetensors"), weights);
    await mkdir(folder.at("there"));
    await quantize(folder.at("in.safetensors"), folder.at("there"));
    await quantize(folder.at("in.safetensors"), `${folder.at("new")}/`);
    expect(await folder.list()).toEqual([
      ...["in.safetensors", "new", "new/in.safetensors", "there", "there/in.safetensors"],
    ]);
  });

  test("a model folder becomes a folder, other files and folders copied", async () => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    await mkdir(folder.at("in/1_Pooling"));
    await writeFile(folder.at("in/1_Pooling/config.json"), '{"pooling":1}');
    await mkdir(folder.at("in/.git"));
    await writeFile(folder.at("in/.git/HEAD"), "x");
    await writeFile(folder.at("in/.gitattributes"), "x");
    const report = await quantize(folder.at("in"), folder.at("deep/er/out"));
    expect(report.warnings).toEqual([]);
    expect((await folder.list()).filter((name) => name.startsWith("deep/er/out/"))).toEqual([
      "deep/er/out/.gitattributes",
      "deep/er/out/1_Pooling",
      "deep/er/out/1_Pooling/config.json",
      "deep/er/out/config.json",
      "deep/er/out/model.safetensors",
      "deep/er/out/tokenizer.json",
    ]);
    expect(await readFile(folder.at("deep/er/out/1_Pooling/config.json"), "utf8")).toBe('{"pooling":1}');
    const config = JSON.parse(await readFile(folder.at("deep/er/out/config.json"), "utf8"));
    expect(config).toMatchObject({ model_type: "llama", quantization_config: { ignore: ["lm_head"] } });
  });

  test.each(["in", "in/model.safetensors.index.json"])(
    "a sharded model becomes a folder with the same shards: %s",
    async (input) => {
      await using folder = await TemporaryFolder.create();
      await writeSharded(folder.at("in"));
      await quantize(folder.at(input), folder.at("out"));
      const made = (await folder.list()).filter((name) => name.startsWith("out/")).map((name) => basename(name));
      expect(made).toEqual(["config.json", ...shards, "model.safetensors.index.json"]);
      await using checkpoint = await openCheckpointPath(folder.at("out/model.safetensors.index.json"));
      expect([...checkpoint.layers.keys()].sort()).toEqual(["a", "b"]);
    },
  );

  test("beside an index, a model's files go along, but no weights and no folders", async () => {
    await using folder = await TemporaryFolder.create();
    await writeSharded(folder.path);
    for (const name of ["tokenizer.json", "other.safetensors", "pytorch_model.bin"])
      await writeFile(folder.at(name), "{}");
    await mkdir(folder.at("sub"));
    await writeFile(folder.at("sub/x.json"), "{}");
    const { warnings } = await quantize(folder.at("model.safetensors.index.json"), folder.at("out"));
    expect(warnings).toEqual([]);
    const made = async () =>
      (await folder.list()).filter((name) => name.startsWith("out/")).map((name) => basename(name));
    expect(await made()).toEqual(["config.json", ...shards, "model.safetensors.index.json", "tokenizer.json"]);
    await rm(folder.at("config.json"));
    await quantize(folder.at("model.safetensors.index.json"), folder.at("out"), { force: true });
    expect(await made()).toEqual(["config.json", ...shards, "model.safetensors.index.json"]);
  });

  test("links are followed, as in a cache of downloads", async () => {
    await using folder = await TemporaryFolder.create();
    await writeSharded(folder.at("blobs"));
    await writeFile(folder.at("blobs/tokenizer.json"), "{}");
    await mkdir(folder.at("snapshot"));
    for (const file of [...shards, "model.safetensors.index.json", "config.json", "tokenizer.json"]) {
      await symlink(relative(folder.at("snapshot"), folder.at("blobs", file)), folder.at("snapshot", file));
    }
    await symlink(folder.at("snapshot"), folder.at("current"));
    await quantize(folder.at("current"), folder.at("out"));
    for (const file of ["tokenizer.json", "config.json", ...shards]) {
      expect((await stat(folder.at("out", file))).isFile()).toBe(true);
      expect(await realpath(folder.at("out", file))).toBe(
        await realpath(folder.at("out")).then((out) => `${out}/${file}`),
      );
    }
  });

  test("the only weights of a folder need not have the usual name; of several one is named", async () => {
    await using folder = await TemporaryFolder.create();
    await mkdir(folder.at("in"));
    await writeFile(folder.at("in/unusual.safetensors"), weights);
    await quantize(folder.at("in"), folder.at("out"));
    expect(await folder.list()).toContain("out/unusual.safetensors");
    await writeFile(folder.at("in/other.safetensors"), weights);
    await expectRefusal(quantize(folder.at("in"), folder.at("out2")), "ERR_UNAVAILABLE", "unusual.safetensors");
  });

  test("weights that are no part of the checkpoint go along, with a warning", async () => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    await writeFile(folder.at("in/pytorch_model.bin"), "x");
    const { warnings } = await quantize(folder.at("in"), folder.at("out"));
    expect(warnings).toEqual([expect.stringContaining("pytorch_model.bin")]);
    expect(await folder.list()).toContain("out/pytorch_model.bin");
  });

  test("the config.json beside a file tells GPT-2, and is no hindrance when it tells nothing", async () => {
    await using folder = await TemporaryFolder.create();
    const tensors = [...model, float32Tensor("h.0.c_attn.weight", [2, 2], [1, 2, 3, 4])];
    await writeFile(folder.at("in.safetensors"), encodeSafetensors(tensors));
    for (const [config, layers] of [
      ['{"model_type":"gpt2"}', 2],
      ["junk", 3],
      ["[]", 3],
      ['{"quantization_config":{"quant_method":"gptq"}}', 3],
    ] as const) {
      await writeFile(folder.at("config.json"), config);
      const report = await quantize(folder.at("in.safetensors"), folder.at("out.safetensors"), { force: true });
      expect(report.totals.layers).toBe(layers);
    }
  });
});

/** Permissions do not bind the user root, whom tests in containers run as. */
async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe("refusals leave everything as it was", () => {
  /** Expects a refusal that changes no name in the folder. */
  async function refuses(
    folder: TemporaryFolder,
    input: string,
    output: string,
    named: string,
    options: Partial<QuantizePathOptions> = {},
  ): Promise<void> {
    const before = await folder.list();
    await expectRefusal(quantize(folder.at(input), folder.at(output), options), "ERR_UNAVAILABLE", named);
    expect(await folder.list()).toEqual(before);
  }

  test("an output that exists, without force", async () => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    await mkdir(folder.at("there"));
    await writeFile(folder.at("there.safetensors"), "old");
    await symlink("nowhere", folder.at("dangling"));
    await refuses(folder, "in", "there", "--force");
    await refuses(folder, "in/model.safetensors", "there.safetensors", "--force");
    await refuses(folder, "in/model.safetensors", "dangling", "--force");
    expect(await readFile(folder.at("there.safetensors"), "utf8")).toBe("old");
  });

  test("a folder that is no model, with force as well", async () => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    await mkdir(folder.at("project/src"), { recursive: true });
    await refuses(folder, "in", "project", "--force does not remove", { force: true });
    await mkdir(folder.at("empty"));
    await quantize(folder.at("in"), folder.at("empty"), { force: true });
  });

  test("an output that is the input, whatever it is called", async () => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    await symlink("in", folder.at("alias"));
    await symlink("in/model.safetensors", folder.at("alias.safetensors"));
    await link(folder.at("in/model.safetensors"), folder.at("twin.safetensors"));
    for (const output of ["in", "alias", "in/../in"]) await refuses(folder, "in", output, "the input", { force: true });
    await writeSharded(folder.at("in"));
    await refuses(folder, "in/model.safetensors.index.json", "alias", "the input", { force: true });
    for (const output of [
      "in/model.safetensors",
      "in",
      "alias.safetensors",
      "twin.safetensors",
      "alias/model.safetensors",
    ]) {
      await refuses(folder, "in/model.safetensors", output, "the input", { force: true });
    }
    expect(new Uint8Array(await readFile(folder.at("in/model.safetensors")))).toEqual(weights);
  });

  test("an output in the input, and an input in the output", async () => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("deep/in"));
    await symlink("deep/in", folder.at("alias"));
    await refuses(folder, "deep/in", "deep/in/out", "inside the input");
    await refuses(folder, "deep/in", "alias/out", "inside the input");
    await refuses(folder, "deep/in", "deep", "inside the output", { force: true });
    await refuses(folder, "alias", "deep", "inside the output", { force: true });
  });

  test("an input whose links lead into the output", async () => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("blobs"));
    await mkdir(folder.at("in"));
    await symlink("../blobs/model.safetensors", folder.at("in/model.safetensors"));
    await refuses(folder, "in", "blobs", "links to", { force: true });
  });

  test("an output of the other kind", async () => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    await writeFile(folder.at("file"), "");
    await mkdir(folder.at("other/model.safetensors"), { recursive: true });
    await refuses(folder, "in", "file", "file", { force: true });
    await refuses(folder, "in", "out.safetensors", "folder");
    await refuses(folder, "in/model.safetensors", "other", "folder", { force: true });
    await refuses(folder, "in", "file/out", "file/out");
  });

  test("an output that is no file, with force", async () => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    await using server = createServer();
    await once(server.listen(folder.at("socket")), "listening");
    await symlink("socket", folder.at("alias"));
    for (const input of ["in", "in/model.safetensors"]) {
      for (const output of ["socket", "alias"]) await refuses(folder, input, output, output, { force: true });
    }
    expect((await stat(folder.at("socket"))).isSocket()).toBe(true);
  });

  test("input that cannot be read", async () => {
    await using folder = await TemporaryFolder.create();
    await mkdir(folder.at("empty"));
    await writeFile(folder.at("note.txt"), "");
    await symlink("circle", folder.at("circle"));
    await refuses(folder, "gone", "out", "no such file");
    await refuses(folder, "gone.safetensors", "out", "gone.safetensors");
    await refuses(folder, "empty", "out", "no weights");
    await refuses(folder, "circle", "out", "circle");
    await refuses(folder, "note.txt/x", "out", "note.txt/x");
  });

  test("a file beside the weights that may not be read", async () => {
    await using folder = await TemporaryFolder.create();
    await writeSharded(folder.at("in"));
    await writeFile(folder.at("in/tokenizer.json"), "{}", { mode: 0o000 });
    await chmod(folder.path, 0o777);
    for (const input of ["in", "in/model.safetensors.index.json"]) {
      await asOrdinaryUser(() => refuses(folder, input, "out", "in/tokenizer.json"));
    }
  });

  test("a missing shard, a link to nothing among the files, a circle of folders", async () => {
    await using folder = await TemporaryFolder.create();
    await writeSharded(folder.at("in"));
    await symlink("nowhere", folder.at("in/notes.md"));
    await refuses(folder, "in", "out", "notes.md");
    await writeSharded(folder.at("round"));
    await symlink(".", folder.at("round/again"));
    await refuses(folder, "round", "out", "again");
    await writeSharded(folder.at("short"));
    await rm(folder.at("short", shards[1]));
    await refuses(folder, "short", "out", shards[1]);
  });

  test("malformed input", async () => {
    await using folder = await TemporaryFolder.create();
    await writeFile(folder.at("in.safetensors"), "junk, and more of it");
    await expectRefusal(quantize(folder.at("in.safetensors"), folder.at("out")), "ERR_FORMAT", "in.safetensors");
    await writeFile(folder.at("in.json"), "{}");
    await expectRefusal(quantize(folder.at("in.json"), folder.at("out")), "ERR_FORMAT");
    expect(await folder.list()).toEqual(["in.json", "in.safetensors"]);
  });
});

test("the bundled model keeps its files and gets the list of what stays in float", async () => {
  await using folder = await TemporaryFolder.create();
  const original = new URL("../../../examples/tiny-llama/model", import.meta.url).pathname;
  const report = await quantize(original, folder.at("out"));
  expect(report.totals).toMatchObject({ layers: 28, bytesBefore: 5_898_240, bytesAfter: 2_988_480 });
  const { quantization_config: config } = JSON.parse(await readFile(folder.at("out/config.json"), "utf8"));
  expect(config).toMatchObject({ format: "pack-quantized", quantization_status: "compressed", ignore: ["lm_head"] });
  await using checkpoint = await openCheckpointPath(folder.at("out"));
  expect(checkpoint.entries.size).toBe(2 * 28 + report.kept.length);
});
