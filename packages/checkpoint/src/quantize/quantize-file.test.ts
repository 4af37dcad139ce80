import { createReferenceBackend, type Granularity } from "@octet/core";
import { bytesSource, encodeSafetensors, openSafetensors } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { concatenate } from "../../test/support/memory-files.ts";
import { createWeights, storedTensor } from "../../test/support/seeded-values.ts";
import type { CreateContainerWriter, StoredTensor } from "../containers/tensor-container.ts";
import { writeSafetensors } from "../containers/write-safetensors.ts";
import { findFormat } from "../formats/formats.ts";
import { ProgressMeter } from "../report/progress.ts";
import { createPlan } from "../select/plan.ts";
import { type FileResult, quantizeFile } from "./quantize-file.ts";

const seed = 83;
const container = await openSafetensors(
  bytesSource(
    encodeSafetensors([
      ...["a", "b", "c"].map((name, i) => storedTensor(`${name}.weight`, createWeights(seed + i, "bfloat16", [7, 24]))),
      storedTensor("norm.weight", createWeights(seed, "float32", [5])),
    ]),
  ),
);
const { tensors, metadata } = container;
const granularities: readonly Granularity[] = [
  { kind: "channel", dim: 0 },
  { kind: "group", size: 6 },
];
const [channel] = granularities;

/** A container that has its tensors in another order than safetensors does, and keeps what is written. */
class OrderedFile {
  readonly contents: Map<string, Uint8Array> = new Map();
  readonly #compare: (left: StoredTensor, right: StoredTensor) => number;

  constructor(compare: (left: StoredTensor, right: StoredTensor) => number) {
    this.#compare = compare;
  }

  readonly createWriter: CreateContainerWriter = async (_sink, { tensors }) => {
    const order = [...tensors].sort(this.#compare);
    return {
      tensors: order,
      write: async (name, bytes) => {
        this.contents.set(name, concatenate([this.contents.get(name) ?? new Uint8Array(0), bytes]));
      },
      finish: async () => {
        expect([...this.contents.keys()]).toEqual(order.map(({ name }) => name));
        for (const { name, byteLength } of order) expect(this.contents.get(name)).toHaveLength(byteLength);
      },
    };
  };
}

const byName = (left: StoredTensor, right: StoredTensor): number => (left.name < right.name ? -1 : 1);
const isScale = ({ name }: StoredTensor): number => Number(name.endsWith("_scale"));

const orders: readonly (readonly [string, (left: StoredTensor, right: StoredTensor) => number])[] = [
  ["the scales of a layer behind its codes", byName],
  ["the scales of a layer before its codes", (left, right) => byName(right, left)],
  ["all scales at the end", (left, right) => isScale(left) - isScale(right)],
  ["all scales in front", (left, right) => isScale(right) - isScale(left)],
];

describe.each(granularities)(`$kind, seed ${seed}`, (granularity) => {
  test.each(orders)("the same bytes and figures in a container that has %s", async (_, compare) => {
    // Rows are whole in one and pieces in the other.
    for (const blockElements of [2 ** 18, 5]) {
      const work = (createWriter: CreateContainerWriter, write: (bytes: Uint8Array) => void): Promise<FileResult> => {
        const plan = createPlan({ tensors, metadata, config: null }, { granularity, format: "int8", bits: 5 });
        return quantizeFile({
          ...{ container, createWriter, metadata, format: findFormat(plan.format) },
          sink: { write: async (bytes) => write(bytes.slice()) },
          layers: new Map(plan.layers.map((layer) => [layer.weight, layer])),
          scheme: { granularity, bits: 5, backend: createReferenceBackend(), blockElements },
          meter: new ProgressMeter(0, {}),
        });
      };
      const chunks: Uint8Array[] = [];
      const expected = await work(writeSafetensors, (bytes) => chunks.push(bytes));
      const reader = await openSafetensors(bytesSource(concatenate(chunks)));
      const file = new OrderedFile(compare);
      const result = await work(file.createWriter, () => {});
      expect([...file.contents.keys()].sort()).toEqual([...reader.tensors.keys()].sort());
      for (const [name, bytes] of file.contents) expect(bytes, name).toEqual(await reader.read(name));
      for (const name of ["a", "b", "c"]) {
        expect(result.errors.get(name)?.result()).toEqual(expected.errors.get(name)?.result());
      }
      expect(result.tensorBytes).toBe(expected.tensorBytes);
    }
  });
});

test("a weight is read twice, whatever the order", async () => {
  for (const [, compare] of orders) {
    let read = 0;
    const meter = new ProgressMeter(0, {
      onProgress: ({ bytesDone }) => {
        read = bytesDone;
      },
    });
    const plan = createPlan({ tensors, metadata, config: null }, { granularity: channel });
    await quantizeFile({
      ...{ container, metadata, meter, format: findFormat(plan.format) },
      createWriter: new OrderedFile(compare).createWriter,
      sink: { write: async () => {} },
      layers: new Map(plan.layers.map((layer) => [layer.weight, layer])),
      scheme: { granularity: channel, bits: 8, backend: createReferenceBackend(), blockElements: 100 },
    });
    expect(read).toBe(2 * 3 * 7 * 24 * 2 + 5 * 4);
  }
});
