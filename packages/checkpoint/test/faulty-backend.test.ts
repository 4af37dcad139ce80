import { type CheckpointFormat, compareCheckpoints, quantizeCheckpoint } from "@octet/checkpoint";
import {
  type Backend,
  createReferenceBackend,
  type Granularity,
  type HostQuantizedTensor,
  hostTensor,
  type QuantizedTensor,
  type QuantizeOptions,
  widen,
} from "@octet/core";
import { encodeSafetensors } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { MemoryFiles } from "./support/memory-files.ts";
import { expectRefusal } from "./support/refusal.ts";
import { createWeights, float32Tensor, storedTensor } from "./support/seeded-values.ts";

const seed = 71;
const model = (["float32", "bfloat16"] as const).flatMap((dtype, i) => [
  storedTensor(`${i}.first.weight`, createWeights(seed + i, dtype, [9, 24])),
  storedTensor(`${i}.second.weight`, createWeights(seed + 10 + i, dtype, [9, 24])),
]);

const schemes: readonly (readonly [CheckpointFormat, Granularity, number])[] = [
  ["compressed-tensors", { kind: "channel", dim: 0 }, 8],
  ["compressed-tensors", { kind: "channel", dim: 0 }, 4],
  ["compressed-tensors", { kind: "group", size: 3 }, 8],
  ["compressed-tensors", { kind: "group", size: 3 }, 4],
  ["int8", { kind: "tensor" }, 8],
  ["int8", { kind: "tensor" }, 4],
  ["int8", { kind: "channel", dim: 0 }, 8],
  ["int8", { kind: "group", size: 6 }, 4],
];

type Sabotage = (honest: HostQuantizedTensor, earlier: HostQuantizedTensor | undefined) => HostQuantizedTensor;

const withCodes = (tensor: HostQuantizedTensor, codes: Int8Array): HostQuantizedTensor => {
  return { ...tensor, quantized: hostTensor("int8", tensor.quantized.shape, codes) };
};
/** What calls itself int8 codes, and no constructor would make. */
const unchecked = (shape: readonly number[], data: Int8Array | Float32Array): HostQuantizedTensor["quantized"] => {
  return { dtype: "int8", shape, data, values: () => new Float32Array(0) } as HostQuantizedTensor["quantized"];
};
const withScales = (tensor: HostQuantizedTensor, scales: Float32Array): HostQuantizedTensor => {
  return { ...tensor, scale: hostTensor("float32", tensor.scale.shape, scales) };
};

/** Each gives what its own codes and scales say is well-formed, and what is wrong. */
const faults: readonly (readonly [string, Sabotage])[] = [
  [
    "scales twice as large, with the codes that belong to them",
    (honest) => {
      const { quantized, scale } = honest;
      return withScales(
        withCodes(
          honest,
          quantized.data.map((code) => Math.round(code / 2)),
        ),
        scale.data.map((s) => 2 * s),
      );
    },
  ],
  ["other scales", (honest) => withScales(honest, honest.scale.data.map((scale, i) => scale * (1 + i)).fill(3))],
  [
    "negated codes",
    (honest) =>
      withCodes(
        honest,
        honest.quantized.data.map((code) => Math.min(-code, 7)),
      ),
  ],
  ["codes of zero", (honest) => withCodes(honest, new Int8Array(honest.quantized.data.length))],
  ["the codes of another layer", (honest, earlier) => withCodes(honest, (earlier ?? honest).quantized.data.slice())],
  [
    "rows that are one off",
    (honest) => {
      const { data, shape } = honest.quantized;
      return withCodes(
        honest,
        data.map((_, i) => data[(i + shape[1]) % data.length]),
      );
    },
  ],
  [
    "pairs of codes the wrong way round",
    (honest) => {
      const { data } = honest.quantized;
      return withCodes(
        honest,
        data.map((_, i) => data[i ^ 1]),
      );
    },
  ],
];

function sabotage(change: Sabotage, maxTensorBytes?: number): Backend {
  const backend = createReferenceBackend();
  let earlier: HostQuantizedTensor | undefined;
  const honestDownload = backend.download.bind(backend) as (tensor: QuantizedTensor) => Promise<HostQuantizedTensor>;
  const download = async (tensor: QuantizedTensor) => {
    const honest = await honestDownload(tensor);
    const changed = change(honest, earlier);
    earlier = honest;
    return changed;
  };
  const info = { ...backend.info, name: "faulty", ...(maxTensorBytes !== undefined && { maxTensorBytes }) };
  return Object.assign(backend, { download, info });
}

/** Quantizes the model and compares what came of it with the model. */
async function quantizeAndCompare(backend: Backend, [format, granularity, bits]: (typeof schemes)[number]) {
  const files = new MemoryFiles({ "in.safetensors": encodeSafetensors(model) });
  const options = { backend, format, granularity, bits };
  const report = await quantizeCheckpoint(files.source("in.safetensors"), files.createSink, options);
  const compared = await compareCheckpoints(files.source("in.safetensors"), files.source());
  // Sums over blocks that were cut inside rows differ in the last bits.
  const rounded = <T extends { snrDb: number; meanAbsError: number }>(figures: T): T => {
    const { snrDb, meanAbsError } = figures;
    return { ...figures, snrDb: Number(snrDb.toPrecision(12)), meanAbsError: Number(meanAbsError.toPrecision(12)) };
  };
  const byName = ({ layers }: typeof report) => new Map(layers.map((layer) => [layer.name, rounded(layer)]));
  expect(byName(report)).toEqual(byName(compared));
  expect(rounded(report.totals)).toEqual(rounded(compared.totals));
  return report;
}

describe.each(schemes)(`%s, %o, %i bits, seed ${seed}`, (...scheme) => {
  test.each(faults)("the report is of the file, and a warning names the layer: %s", async (_, change) => {
    const { warnings } = await quantizeAndCompare(sabotage(change), scheme);
    expect(warnings).toEqual([expect.stringMatching(/^0\.(first and 3|second and 2) more: the faulty backend has/)]);
  });

  // Of 4 float32, less one: every run takes several blocks, which begin and end inside bytes.
  test.each([16, 28, 4 * 25])("in blocks of less than %i bytes", async (maxTensorBytes) => {
    expect(
      (
        await quantizeAndCompare(
          sabotage((honest) => honest, maxTensorBytes),
          scheme,
        )
      ).warnings,
    ).toEqual([]);
    await quantizeAndCompare(sabotage(faults[2][1], maxTensorBytes), scheme);
  });

  test("without a fault there is no warning", async () => {
    const { warnings, totals } = await quantizeAndCompare(createReferenceBackend(), scheme);
    expect(warnings).toEqual([]);
    expect(totals.snrDb).toBeGreaterThan(12);
  });
});

test.each<[string, Sabotage]>([
  ["too few", (honest) => ({ ...honest, quantized: unchecked([9, 24], honest.quantized.data.slice(1)) })],
  ["of another shape", (honest) => ({ ...honest, quantized: hostTensor("int8", [24, 9], honest.quantized.data) })],
  ["not bytes", (honest) => ({ ...honest, quantized: unchecked([9, 24], Float32Array.from(honest.quantized.data)) })],
  [
    "too large for their bits",
    (honest) =>
      withCodes(
        honest,
        honest.quantized.data.map(() => 100),
      ),
  ],
])("codes that are %s are refused, naming the layer, and nothing is written", async (_, change) => {
  const files = new MemoryFiles({ "in.safetensors": encodeSafetensors(model) });
  const options = { backend: sabotage(change), format: "int8", bits: 4 } as const;
  const work = quantizeCheckpoint(files.source("in.safetensors"), files.createSink, options);
  await expectRefusal(work, "ERR_FORMAT", 'layer "0.first"');
  expect(files.aborted).toEqual(["model.safetensors"]);
});

test.each([-1, 1])("scales of another number are other scales: %i more", async (more) => {
  const backend = sabotage((honest) => {
    const { data } = honest.scale;
    const scales = Float32Array.from({ length: data.length + more }, (_, i) => data[i % data.length]);
    return { ...honest, scale: hostTensor("float32", [scales.length], scales) };
  });
  const { warnings } = await quantizeAndCompare(backend, schemes[0]);
  expect(warnings).toEqual([expect.stringMatching(/^0\.first and 3 more: the faulty backend has other scales/)]);
});

test("what the backend throws names the layer", async () => {
  const files = new MemoryFiles({ "in.safetensors": encodeSafetensors(model) });
  const backend = sabotage((honest) => honest);
  backend.dispose();
  const work = quantizeCheckpoint(files.source("in.safetensors"), files.createSink, { backend });
  await expectRefusal(work, "ERR_DISPOSED", 'layer "0.first"');
});

test("a fault in one block of many is seen", async () => {
  let downloads = 0;
  const once = sabotage((honest) => {
    return downloads++ === 0
      ? withScales(
          honest,
          honest.scale.data.map((scale) => 2 * scale),
        )
      : honest;
  }, 4 * 49);
  const { warnings } = await quantizeAndCompare(once, schemes[0]);
  expect(warnings).toEqual([expect.stringMatching(/^0\.first: the faulty backend has other scales/)]);
});

test("weights next to 0, whose scales have few bits, are no fault", async () => {
  const weights = [190, -64, 3, 0].map((units) => units * 2 ** -149);
  const files = new MemoryFiles({ original: encodeSafetensors([float32Tensor("a.weight", [1, 4], weights)]) });
  const backend = createReferenceBackend();
  const { layers, warnings } = await quantizeCheckpoint(files.source("original"), files.createSink, { backend });
  expect(layers[0].maxAbsError).toBe((190 - 127) * 2 ** -149);
  expect(warnings).toEqual([]);
});

test("a backend that cannot quantize the pieces of a row is refused before anything is written", async () => {
  const files = new MemoryFiles({ original: encodeSafetensors([float32Tensor("a.weight", [1, 4], [1, 2, 3, 4])]) });
  const backend = Object.assign(
    sabotage((honest) => honest, 16),
    {
      supports: (_op: unknown, _inputs: unknown, { granularity }: QuantizeOptions) => granularity.kind !== "tensor",
    },
  );
  const work = quantizeCheckpoint(files.source("original"), files.createSink, { backend });
  await expectRefusal(work, "ERR_UNSUPPORTED", '"a"', "tensor");
  expect(files.aborted).toEqual([]);
});

test("the totals are those of all layers together", async () => {
  const { layers, totals } = await quantizeAndCompare(createReferenceBackend(), schemes[0]);
  const mean = layers.reduce((sum, { meanAbsError }) => sum + meanAbsError, 0) / layers.length;
  expect(totals.meanAbsError).toBeCloseTo(mean, 12);
  let [signal, noise] = [0, 0];
  for (const [i, { snrDb }] of layers.entries()) {
    const weight = createWeights(
      i < 2 ? seed + 10 * i : seed + 10 * (i - 2) + 1,
      i < 2 ? "float32" : "bfloat16",
      [9, 24],
    );
    const power = widen(weight).reduce((sum, value) => sum + value ** 2, 0);
    signal += power;
    noise += power / 10 ** (snrDb / 10);
  }
  expect(totals.snrDb).toBeCloseTo(10 * Math.log10(signal / noise), 6);
});
