import {
  compareCheckpoints,
  formatGranularity,
  openCheckpoint,
  parseGranularity,
  planQuantization,
  quantizeCheckpoint,
} from "@octet/checkpoint";
import { createReferenceBackend, OctetError } from "@octet/core";
import { type ByteSource, encodeSafetensors } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { MemoryFiles } from "./support/memory-files.ts";
import { expectRefusal } from "./support/refusal.ts";
import { createWeights, storedTensor } from "./support/seeded-values.ts";

const backend = createReferenceBackend();
const original = encodeSafetensors([storedTensor("a.weight", createWeights(3, "float32", [4, 8]))]);
const files = new MemoryFiles({ original });
await quantizeCheckpoint(files.source("original"), files.createSink, { backend });
const header = { tensors: (await files.reader("original")).tensors, metadata: new Map<string, string>(), config: null };

/** What plain JavaScript passes by mistake; of each kind of value one, and some that resemble what is wanted. */
const junk: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  Number.NaN,
  8n,
  "8",
  "x",
  "channel",
  Symbol("s"),
  () => undefined,
  {},
  { kind: 8n },
  { kind: "group" },
  { kind: "group", size: "4" },
  { kind: "group", size: Symbol("4") },
  { kind: "channel", dim: null },
  [],
  [null],
  [8n],
  [["a"]],
  new Map(),
  new Uint8Array(3),
  "a".repeat(70_000),
  ["a".repeat(70_000)],
  new Proxy({}, {}),
];

/** Runs `call`: it works, or refuses with a code. Returns the error, if there is one. */
async function codeOf(call: () => unknown): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (!OctetError.isInstance(error)) throw error;
    return error.code;
  }
}

const quantize = (options: object | null) =>
  quantizeCheckpoint(files.source("original"), new MemoryFiles().createSink, options as never);

describe("only OctetErrors, whatever is passed", () => {
  const functions: Readonly<Record<string, (value: unknown) => unknown>> = {
    formatGranularity: (value) => formatGranularity(value as never),
    parseGranularity: (value) => parseGranularity(value as never),
    "planQuantization's header": (value) => planQuantization(value as never),
    "a header's tensors": (value) => planQuantization({ ...header, tensors: value } as never),
    "a header's metadata": (value) => planQuantization({ ...header, metadata: value } as never),
    "a header's config": (value) => planQuantization({ ...header, config: value } as never),
    "planQuantization's options": (value) => planQuantization(header, value as never),
    "quantizeCheckpoint's input": (value) => quantizeCheckpoint(value as never, files.createSink, { backend }),
    "quantizeCheckpoint's sinks": (value) => quantizeCheckpoint(files.source("original"), value as never, { backend }),
    "a sink": (value) => quantizeCheckpoint(files.source("original"), () => value as never, { backend }),
    "quantizeCheckpoint's options": (value) => quantize(value as never),
    "compareCheckpoints' original": (value) => compareCheckpoints(value as never, files.source()),
    "compareCheckpoints' other": (value) => compareCheckpoints(files.source("original"), value as never),
    "compareCheckpoints' options": (value) =>
      compareCheckpoints(files.source("original"), files.source(), value as never),
    "openCheckpoint's input": (value) => openCheckpoint(value as never),
    "a folder's file": (value) => openCheckpoint({ open: async () => value as never }),
    "a folder's open": (value) => openCheckpoint({ open: value as never }),
    "the name of a folder's weights": (value) =>
      openCheckpoint({ open: async (name) => (name === "w" ? files.source() : null), weights: value as never }),
    "the key of a tensor": async (value) => (await openCheckpoint(files.source())).tensor(value as never),
    "the options of a state dict": async (value) => (await openCheckpoint(files.source())).stateDict(value as never),
    "a prefix": async (value) => (await openCheckpoint(files.source())).stateDict({ prefix: value as never }),
    ...Object.fromEntries(
      ["format", "granularity", "bits", "skip", "only", "backend", "onProgress", "signal", "unknown"].map((name) => [
        `the option ${name}`,
        (value: unknown) => quantize({ backend, [name]: value }),
      ]),
    ),
    ...Object.fromEntries(
      ["onProgress", "signal", "unknown"].map((name) => [
        `the option ${name} of compareCheckpoints`,
        (value: unknown) => compareCheckpoints(files.source("original"), files.source(), { [name]: value }),
      ]),
    ),
  };

  test.each(Object.entries(functions))("%s", async (name, call) => {
    const codes = await Promise.all(junk.map((value) => codeOf(() => call(value))));
    if (!name.endsWith("config")) expect(codes[0], "null").toBeDefined();
  });
});

describe("mistakes that looked like something else", () => {
  test.each<[string, object | null, string]>([
    ["a pattern in place of a list of them", { backend, skip: "x" }, "skip"],
    ["patterns that are none", { backend, only: [8] }, "8"],
    ["bits as a text", { backend, bits: "8" }, "8"],
    ["bits of null", { backend, bits: null }, "null"],
    ["a granularity as the command spells it", { backend, granularity: "channel" }, "granularity"],
    ["a misspelled option", { backend, granularty: { kind: "tensor" } }, "granularity"],
    ["a signal that is a controller", { backend, signal: new AbortController() }, "signal"],
    ["a format of null", { backend, format: null }, "null"],
  ])("%s", async (_, options, named) => {
    await expectRefusal(quantize(options), "ERR_UNSUPPORTED", named);
  });

  test.each<[string, object | null]>([
    ["no backend", {}],
    ["a promise of a backend", { backend: Promise.resolve(backend) }],
  ])("%s", async (_, options) => {
    await expectRefusal(quantize(options), "ERR_UNAVAILABLE", "backend");
  });

  test("a path, which only the functions for Node take", async () => {
    await expectRefusal(openCheckpoint("model.safetensors" as never), "ERR_UNSUPPORTED", "@octet/checkpoint/node");
  });

  test("nothing is written before options are checked", async () => {
    const output = new MemoryFiles();
    const options = { backend, skip: "x" } as never;
    await expectRefusal(quantizeCheckpoint(files.source("original"), output.createSink, options), "ERR_UNSUPPORTED");
    expect([output.files.size, output.aborted.length]).toEqual([0, 0]);
  });
});

test("the host's own lack of memory has a code", async () => {
  let poor = false;
  /** A file that takes more memory to read than there is, as soon as `poor` says so. */
  const source = (name: string): ByteSource => {
    const honest = files.source(name);
    const read = async (start: number, end: number) => {
      if (poor) new ArrayBuffer(Number.MAX_SAFE_INTEGER);
      return honest.read(start, end);
    };
    return { size: honest.size, read, close: () => honest.close() };
  };
  await using checkpoint = await openCheckpoint(source("model.safetensors"));
  poor = true;
  await expectRefusal(checkpoint.stateDict(), "ERR_OUT_OF_MEMORY", "a.weight");
  await expectRefusal(openCheckpoint(source("model.safetensors")), "ERR_OUT_OF_MEMORY", "header");

  const poorFromNowOn = { onProgress: () => (poor = true) };
  poor = false;
  const compared = compareCheckpoints(source("original"), source("model.safetensors"), poorFromNowOn);
  await expectRefusal(compared, "ERR_OUT_OF_MEMORY", '"a"');
  poor = false;
  const options = { backend, ...poorFromNowOn };
  const work = quantizeCheckpoint(source("original"), new MemoryFiles().createSink, options);
  await expectRefusal(work, "ERR_OUT_OF_MEMORY", "model.safetensors");
});
