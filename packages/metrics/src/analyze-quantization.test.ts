import { hostTensor, quantizeSymmetric } from "@octet/core";
import { describe, expect, it } from "vitest";
import { errorCode } from "../test/support/error-code.ts";
import { plainFigures, restore } from "../test/support/plain-metrics.ts";
import { floats, normals } from "../test/support/tensors.ts";
import { analyzeQuantization } from "./analyze-quantization.ts";
import { calculateQuantizationError } from "./calculate-quantization-error.ts";

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

describe("analyzeQuantization", () => {
  it("has the figures of calculateQuantizationError", () => {
    const x = normals(11, [5, 33]);
    const tensor = quantizeSymmetric(x, { groupSize: 11 });
    const error = calculateQuantizationError(x, tensor.quantized, tensor.scale, { groupSize: 11 });
    expect(analyzeQuantization(x, tensor)).toMatchObject(error);
  });

  for (const options of [{}, { dim: 0 }, { dim: 1 }, { dim: -1 }, { groupSize: 11 }]) {
    for (const channelDim of [undefined, 0, 1, 2]) {
      it(`measures each channel on axis ${channelDim} of [3, 5, 33] with ${JSON.stringify(options)} (seed 12)`, () => {
        const x = normals(12, [3, 5, 33]);
        const { tensor, pairs } = restore(x, options);
        const { channels } = analyzeQuantization(x, tensor, channelDim === undefined ? {} : { channelDim });
        const own = options.dim === undefined ? 0 : (options.dim + 3) % 3;
        const axis = channelDim ?? own;
        const inner = [165, 33, 1][axis];
        const extent = x.shape[axis];
        for (let channel = 0; channel < extent; channel++) {
          const wanted = plainFigures(pairs.filter((_, i) => Math.floor(i / inner) % extent === channel));
          expect(channels.maxAbsError[channel]).toBe(wanted.maxAbsError);
          expect(Math.abs(channels.meanAbsError[channel] / wanted.meanAbsError - 1)).toBeLessThan(1e-12);
          expect(Math.abs(channels.snrDb[channel] - wanted.snrDb)).toBeLessThan(1e-11);
        }
        expect(channels.snrDb).toHaveLength(extent);
        expect(channels.worst).toBe(channels.snrDb.indexOf(Math.min(...channels.snrDb)));
      });
    }
  }

  it("finds the one channel that is bad", () => {
    const x = normals(13, [7, 33]);
    x.data[4 * 33 + 5] = 1000;
    expect(analyzeQuantization(x, quantizeSymmetric(x, { dim: 0 })).channels.worst).toBe(4);
  });

  it("says 1 for the cosine of a tensor and itself, also with a wrong scale, and -1 for its opposite", () => {
    const tensor = quantizeSymmetric(floats([3], 1, 2, -127));
    expect(analyzeQuantization(floats([3], 1, 2, -127), tensor).cosineSimilarity).toBe(1);
    expect(analyzeQuantization(floats([3], 8, 16, -1016), tensor).cosineSimilarity).toBe(1);
    expect(analyzeQuantization(floats([3], -1, -2, 127), tensor).cosineSimilarity).toBe(-1);
    expect(analyzeQuantization(floats([3], 2, -1, 0), tensor).cosineSimilarity).toBe(0);
    const normal = normals(14, [4, 333]);
    expect(analyzeQuantization(normal, quantizeSymmetric(normal)).cosineSimilarity).toBeGreaterThan(0.9999);
  });

  it("says which share of the codes is at either end", () => {
    const share = (bits: number, ...values: number[]) =>
      analyzeQuantization(floats([4], ...values), quantizeSymmetric(floats([4], ...values), { bits })).endCodeShare;
    expect(share(8, 127, -127, 1, 0)).toBe(0.5);
    expect(share(4, 7, 6, 0, 0)).toBe(0.25);
    expect(share(2, 1, -1, 1, -1)).toBe(1);
  });

  it("has a bin for each code, or as many as it is asked for", () => {
    const x = floats([6], 3, -3, 1, 1, 0, 2);
    const tensor = quantizeSymmetric(x, { bits: 3 });
    const { codeHistogram } = analyzeQuantization(x, tensor);
    expect(codeHistogram.edges).toEqual([-4.5, -3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5]);
    expect(codeHistogram.counts).toEqual([0, 1, 0, 0, 1, 2, 1, 1]);
    expect(analyzeQuantization(x, tensor, { codeBins: 2 }).codeHistogram).toEqual({
      edges: [-4.5, -0.5, 3.5],
      counts: [1, 5],
    });
    expect(analyzeQuantization(x, tensor, { codeBins: 1 }).codeHistogram.counts).toEqual([6]);
  });

  it("counts code -128, which a subnormal scale makes", () => {
    const x = floats([2], 190 * 2 ** -149, -190 * 2 ** -149);
    const { codeHistogram, endCodeShare } = analyzeQuantization(x, quantizeSymmetric(x));
    expect([codeHistogram.counts[0], codeHistogram.counts[255], endCodeShare]).toEqual([1, 1, 1]);
  });

  it("counts every error once, between -maxAbsError and maxAbsError", () => {
    const x = normals(15, [33, 129]);
    const { tensor, pairs } = restore(x, { dim: 0, bits: 4 });
    for (const errorBins of [1, 2, 65]) {
      const { errorHistogram, maxAbsError } = analyzeQuantization(x, tensor, { errorBins });
      const { edges, counts } = errorHistogram;
      expect([edges[0], edges.at(-1), edges.length, counts.length]).toEqual([
        -maxAbsError,
        maxAbsError,
        errorBins + 1,
        errorBins,
      ]);
      expect(sum(counts)).toBe(33 * 129);
      const below = pairs.filter(([value, restored]) => value - restored < edges[1]).length;
      if (errorBins > 1) expect(counts[0]).toBe(below);
    }
  });

  it("describes tensors without loss, without elements, and scalars", () => {
    const zeros = analyzeQuantization(
      floats([2, 2], 0, 0, 0, 0),
      quantizeSymmetric(floats([2, 2], 0, 0, 0, 0), { dim: 0 }),
    );
    expect(zeros.cosineSimilarity).toBe(1);
    expect(zeros.channels).toEqual({
      ...{
        snrDb: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
        maxAbsError: [0, 0],
        meanAbsError: [0, 0],
        worst: 0,
      },
    });
    expect([zeros.errorHistogram.edges[0], zeros.errorHistogram.counts[32]]).toEqual([-0.5, 4]);
    const empty = analyzeQuantization(floats([0, 3]), quantizeSymmetric(floats([0, 3]), { dim: 0 }));
    expect([empty.channels.worst, empty.channels.snrDb, empty.endCodeShare, sum(empty.codeHistogram.counts)]).toEqual([
      undefined,
      [],
      0,
      0,
    ]);
    const scalar = analyzeQuantization(floats([], 3), quantizeSymmetric(floats([], 3)));
    expect(scalar.channels.snrDb).toHaveLength(1);
    const zerosMade = { ...quantizeSymmetric(floats([1], 1)), quantized: hostTensor("int8", [1], new Int8Array(1)) };
    expect(analyzeQuantization(floats([1], 1), zerosMade).cosineSimilarity).toBe(0);
  });

  it("refuses other shapes, axes and bins", () => {
    const x = normals(16, [2, 4]);
    const tensor = quantizeSymmetric(x, { dim: 0 });
    expect(errorCode(() => analyzeQuantization(normals(16, [4, 2]), tensor))).toBe("ERR_SHAPE");
    expect(errorCode(() => analyzeQuantization(x, tensor, { channelDim: 2 }))).toBe("ERR_SHAPE");
    expect(errorCode(() => analyzeQuantization(x, tensor, { codeBins: 0 }))).toBe("ERR_UNSUPPORTED");
    expect(errorCode(() => analyzeQuantization(x, tensor, { errorBins: 1.5 }))).toBe("ERR_UNSUPPORTED");
    expect(errorCode(() => analyzeQuantization(x, undefined as never))).toBe("ERR_FORMAT");
    expect(errorCode(() => analyzeQuantization(undefined as never, tensor))).toBe("ERR_DTYPE");
  });
});
