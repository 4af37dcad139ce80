import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { compareCheckpoints, openCheckpoint, quantizeCheckpoint } from "@octet/checkpoint";
import { createReferenceBackend } from "@octet/core";
import { encodeSafetensors, httpFolder, type TensorData } from "@octet/safetensors";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { MemoryFiles } from "./support/memory-files.ts";
import { expectRefusal } from "./support/refusal.ts";
import { createWeights, storedTensor } from "./support/seeded-values.ts";

const seed = 61;

/** What is served, by path. */
const served = new Map<string, Uint8Array>();
const traffic = { requests: 0, bytes: 0, open: 0, most: 0, urls: new Set<string>() };
let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  served.clear();
  Object.assign(traffic, { requests: 0, bytes: 0, open: 0, most: 0, urls: new Set() });
});

function serve({ url = "", headers }: IncomingMessage, response: ServerResponse): void {
  traffic.urls.add(url);
  traffic.requests++;
  traffic.most = Math.max(traffic.most, ++traffic.open);
  response.on("close", () => traffic.open--);
  const file = served.get(url);
  if (file === undefined) {
    response.writeHead(404).end();
    return;
  }
  const [first, last] = /(\d+)-(\d+)/.exec(headers.range!)!.slice(1).map(Number);
  traffic.bytes += last + 1 - first;
  response.writeHead(206, { "Content-Range": `bytes ${first}-${last}/${file.byteLength}` });
  response.end(file.slice(first, last + 1));
}

/** Serves the files of `files` in the folder `/name/`. */
function put(name: string, { files }: MemoryFiles): void {
  for (const [file, bytes] of files) served.set(`/${name}/${file}`, bytes);
}

/** A model of `count` layers [4, 32] and as many norms. */
const model = (count: number): TensorData[] =>
  Array.from({ length: count }, (_, i) => [
    storedTensor(`layers.${i}.norm.weight`, createWeights(seed + i, "float16", [32])),
    storedTensor(`layers.${i}.proj.weight`, createWeights(seed + i, "float16", [4, 32])),
  ]).flat();

async function quantized(files: MemoryFiles): Promise<MemoryFiles> {
  const output = new MemoryFiles();
  await quantizeCheckpoint(files.folder, output.createSink, { backend: createReferenceBackend() });
  return output;
}

test(`opening and reading 3000 layers takes few requests, 6 at once, seed ${seed}`, async () => {
  const files = await quantized(
    new MemoryFiles({ "model.safetensors": encodeSafetensors(model(3000)), "config.json": "{}" }),
  );
  put("model", files);
  await using checkpoint = await openCheckpoint(httpFolder(`${origin}/model`));
  expect(checkpoint.layers.size).toBe(3000);
  expect(traffic.requests).toBeLessThan(10);
  await using local = await files.openCheckpoint();
  expect(await checkpoint.stateDict()).toEqual(await local.stateDict());
  expect(traffic.requests).toBeLessThan(20);
  expect(traffic.most).toBeLessThanOrEqual(6);
  expect(traffic.bytes).toBeLessThan(2 * files.bytes("model.safetensors").byteLength);
});

test(`comparing 300 layers takes few requests, seed ${seed}`, async () => {
  const before = new MemoryFiles({ "model.safetensors": encodeSafetensors(model(300)), "config.json": "{}" });
  const after = await quantized(before);
  put("before", before);
  put("after", after);
  const report = await compareCheckpoints(httpFolder(`${origin}/before`), httpFolder(`${origin}/after`));
  expect(report).toEqual(await compareCheckpoints(before.folder, after.folder));
  expect(traffic.requests).toBeLessThan(60);
});

test("an index whose shard leads out of the folder reaches no other path, and no header goes there", async () => {
  const shard = encodeSafetensors(model(1));
  for (const name of [
    "%2e%2e/private/a.safetensors",
    "../private/a.safetensors",
    "/private/a.safetensors?a.safetensors",
  ]) {
    const weightMap = { "layers.0.norm.weight": name, "layers.0.proj.weight": name };
    put("model", new MemoryFiles({ "model.safetensors.index.json": { weight_map: weightMap } }));
    served.set("/private/a.safetensors", shard);
    const folder = httpFolder(`${origin}/model`, { headers: { Authorization: "Bearer secret" } });
    await expectRefusal(openCheckpoint(folder), "ERR_FORMAT", "layers.0.norm.weight");
  }
  expect([...traffic.urls].filter((url) => !url.startsWith("/model/"))).toEqual([]);
});

test("a shard that is not there is named, and so are the weights", async () => {
  put("model", new MemoryFiles({ "model.safetensors.index.json": { weight_map: { w: "a.safetensors" } } }));
  await expectRefusal(openCheckpoint(httpFolder(`${origin}/model`)), "ERR_UNAVAILABLE", '"a.safetensors"');
  await expectRefusal(openCheckpoint(httpFolder(`${origin}/none`)), "ERR_UNAVAILABLE", "no weights");
});
