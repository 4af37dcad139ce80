import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatSummary, runConformance } from "@octet/conformance";
import { loadGoldenManifest } from "@octet/conformance/node";
import { createReferenceBackend } from "@octet/core";
import { encodeSafetensors } from "@octet/safetensors";
import { expect, test } from "vitest";

const contract = fileURLToPath(new URL("../fixtures/contract.json", import.meta.url));

test("the reference backend passes every golden vector", async () => {
  const cases = await loadGoldenManifest(contract);
  const summary = await runConformance(createReferenceBackend, { cases });
  expect(summary.results.filter(({ status }) => status !== "passed")).toEqual([]);
  expect(formatSummary(summary)).toBe("765 passed, 0 failed, 0 skipped");
});

test("what cannot be read is ERR_UNAVAILABLE, what is wrong ERR_FORMAT, with the path", async () => {
  const folder = await mkdtemp(join(tmpdir(), "octet-golden-"));
  try {
    const path = join(folder, "vectors.json");
    const refused = (message: RegExp, code = "ERR_FORMAT") => ({ code, message: expect.stringMatching(message) });
    await expect(loadGoldenManifest(join(folder, "vectors.safetensors"))).rejects.toMatchObject(
      refused(/use the \.json/),
    );
    await expect(loadGoldenManifest(path)).rejects.toMatchObject(
      refused(/vectors\.json: there is no such file/, "ERR_UNAVAILABLE"),
    );
    await writeFile(path, "{");
    await expect(loadGoldenManifest(path)).rejects.toMatchObject(refused(/vectors\.json is not JSON/));
    await writeFile(path, "{}");
    await expect(loadGoldenManifest(path)).rejects.toMatchObject(refused(/vectors\.safetensors/, "ERR_UNAVAILABLE"));
    await writeFile(join(folder, "vectors.safetensors"), "no tensors");
    await expect(loadGoldenManifest(path)).rejects.toMatchObject({ code: "ERR_FORMAT" });
    await writeFile(join(folder, "vectors.safetensors"), encodeSafetensors([]));
    await expect(loadGoldenManifest(path)).rejects.toMatchObject(refused(/no list "cases"/));
    await writeFile(path, '{"cases":[]}');
    await expect(loadGoldenManifest(path)).rejects.toMatchObject(refused(/no list "cases"/));
  } finally {
    await rm(folder, { recursive: true });
  }
});
