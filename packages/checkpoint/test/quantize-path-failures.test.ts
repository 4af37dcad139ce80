import { readFile, symlink, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { openCheckpointPath } from "@octet/checkpoint/node";
import { encodeSafetensors } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { model, quantize, writeModel } from "./support/model-on-disk.ts";
import { expectRefusal } from "./support/refusal.ts";
import { float32Tensor } from "./support/seeded-values.ts";
import { TemporaryFolder } from "./support/temporary-folder.ts";

describe("failures and interruptions leave nothing behind", () => {
  const nan = [...model, float32Tensor("z.weight", [1, 2], [1, Number.NaN])];

  test("a NaN, from a file and from a folder", async () => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    await writeFile(folder.at("in/model.safetensors"), encodeSafetensors(nan));
    const before = await folder.list();
    await expectRefusal(quantize(folder.at("in"), folder.at("new/out")), "ERR_NON_FINITE", "z.weight");
    await expectRefusal(
      quantize(folder.at("in/model.safetensors"), folder.at("new/out")),
      "ERR_NON_FINITE",
      "z.weight",
    );
    expect(await folder.list()).toEqual(before);
  });

  test.each(["in", "in/model.safetensors"])(
    "an abort in the middle, and with force the old output stays: %s",
    async (input) => {
      await using folder = await TemporaryFolder.create();
      await writeModel(folder.at("in"));
      const output = input === "in" ? folder.at("out") : folder.at("out.safetensors");
      await quantize(folder.at(input), output);
      const before = await folder.list();
      const file = input === "in" ? `${output}/model.safetensors` : output;
      const old = await readFile(file);
      const controller = new AbortController();
      let seen: string[] = [];
      const work = quantize(folder.at(input), output, {
        force: true,
        bits: 4,
        signal: controller.signal,
        onProgress: ({ bytesDone, bytesTotal }) => {
          if (bytesDone > bytesTotal / 2) controller.abort(new Error("enough"));
        },
      });
      const during = setInterval(() => {
        folder.list().then((names) => {
          seen = names;
        });
      });
      await expect(work).rejects.toThrow("enough");
      clearInterval(during);
      expect(await folder.list()).toEqual(before);
      expect(
        seen.filter(
          (name) => !before.includes(name) && !basename(name).startsWith(".") && !dirname(name).startsWith("."),
        ),
      ).toEqual([]);
      expect(await readFile(file)).toEqual(old);
    },
  );

  test("with force a complete output replaces the old one, files that are gone too", async () => {
    await using folder = await TemporaryFolder.create();
    await writeModel(folder.at("in"));
    await writeModel(folder.at("out"));
    await writeFile(folder.at("out/stale.txt"), "old");
    await symlink("out", folder.at("alias"));
    await quantize(folder.at("in"), folder.at("alias"), { force: true });
    const made = (await folder.list()).filter((name) => !/^(?:in|alias\/)/.test(name));
    expect(made).toEqual(["alias", "out", "out/config.json", "out/model.safetensors", "out/tokenizer.json"]);
    await writeFile(folder.at("out.safetensors"), "old");
    await quantize(folder.at("in/model.safetensors"), folder.at("out.safetensors"), { force: true });
    await using checkpoint = await openCheckpointPath(folder.at("out.safetensors"));
    expect(checkpoint.layers.size).toBe(2);
  });
});
