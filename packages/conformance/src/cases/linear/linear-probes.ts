import {
  type FloatDType,
  type HostQuantizedTensor,
  type HostTensor,
  hostTensor,
  type LinearActivations,
  narrow,
} from "@octet/core";
import type { ConformanceCase } from "../../case.ts";
import { codesTensor, floatTensor } from "../../data/data.ts";
import type { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { linearCase, perChannel } from "./linear-case.ts";

/** A linear op with data made for one question. Its shapes follow from the data. */
export interface Probe {
  readonly name: string;
  readonly activations: LinearActivations;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Default float32. */
  readonly dtype?: FloatDType;
  readonly output?: FloatDType;
  readonly bias?: FloatDType;
  /** Values of x, [m, k], rounded to its dtype; or the tensor itself. */
  readonly x: (random: Random) => ArrayLike<number> | HostTensor<FloatDType>;
  readonly weight: (random: Random) => HostQuantizedTensor;
  readonly biasValues?: (random: Random) => ArrayLike<number>;
  readonly catches: readonly Fault[];
}

/** The case of a probe with weights quantized per channel, exact in every bit. */
export function probeCase({ m, n, k, x, weight, bias, biasValues, ...rest }: Probe): ConformanceCase {
  const dtype = rest.dtype ?? "float32";
  return linearCase({
    ...rest,
    dtype,
    x: [m, k],
    n,
    weight: perChannel,
    bias,
    seed: 3,
    check: "exact",
    data: (_row, random) => {
      const values = x(random);
      return {
        x: "dtype" in values ? values : floatTensor(dtype, [m, k], values),
        weight: weight(random),
        bias: bias && biasValues && hostTensor(bias, [n], narrow(Float32Array.from(biasValues(random)), bias)),
      };
    },
  });
}

/** Weights that are 1 where row and column are equal, else 0: y shows the codes of x one by one. */
export function identityWeight(n: number, scale = 1): HostQuantizedTensor {
  const codes = Int8Array.from({ length: n * n }, (_, index) => (index % (n + 1) === 0 ? 1 : 0));
  return channelWeight([n, n], codes, () => scale);
}

/** Codes [n, k] with a scale per channel. */
export function channelWeight(
  shape: readonly [number, number],
  codes: Int8Array,
  scale: (channel: number) => number,
): HostQuantizedTensor {
  return codesTensor(shape, { kind: "channel", dim: 0 }, 8, codes, scale);
}

/** [m, n] values from their row and column. */
export function matrix(m: number, n: number, value: (row: number, column: number) => number): Float32Array {
  return Float32Array.from({ length: m * n }, (_, index) => value(Math.floor(index / n), index % n));
}
