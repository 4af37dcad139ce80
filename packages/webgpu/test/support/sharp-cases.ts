import type { ConformanceCase } from "@octet/conformance";
import {
  type Backend,
  type HostQuantizedTensor,
  hostTensor,
  type LinearActivations,
  linear,
  OctetError,
} from "@octet/core";

/**
 * Results that hang on one bit far down, which random data does not meet: they are here so that every step of the exact algorithms is
 * missed when it is left out (src/mutations.test.ts).
 */
export function sharpCases(): ConformanceCase[] {
  return [
    // 127 + half a unit in the last place + a little: without the little it would be a tie, which goes down.
    sharpCase("tail-of-a-small-bias", "int8", [127], [1], 2 ** -18 + 2 ** -35, 127 + 2 ** -17),
    sharpCase("tail-of-a-small-negative-bias", "int8", [-127], [1], -(2 ** -18) - 2 ** -35, -127 - 2 ** -17),
    // The scale is 1; 0.7 lies in the binade below it and above its middle.
    sharpCase("code-of-one", "int16", [32639, 0.7], [0, 1], 0, 1),
    sharpCase("code-of-nearly-one", "int16", [32639, 0.5], [0, 1], 0, 0),
  ];
}

function sharpCase(
  name: string,
  activations: Exclude<LinearActivations, "float">,
  x: readonly number[],
  codes: readonly number[],
  bias: number,
  wanted: number,
): ConformanceCase {
  const weight: HostQuantizedTensor = {
    quantized: hostTensor("int8", [1, codes.length], Int8Array.from(codes)),
    scale: hostTensor("float32", [1], Float32Array.of(1)),
    granularity: { kind: "channel", dim: 0 },
    bits: 8,
  };
  const run = async (backend: Backend) => {
    const inputs = [
      backend.upload({ dtype: "float32", shape: [1, x.length], data: Float32Array.from(x) }),
      backend.upload({ dtype: "float32", shape: [1], data: Float32Array.of(bias) }),
    ];
    const quantized = backend.upload(weight);
    const y = linear(inputs[0], quantized, { bias: inputs[1], activations });
    const [got] = (await backend.download(y)).data as Float32Array;
    for (const tensor of [...inputs, quantized, y]) tensor.dispose();
    return got;
  };
  return {
    id: `linear-${activations}/sharp-${name}`,
    family: `linear-${activations}`,
    needs: [],
    catches: [],
    run: async ({ backend, reference }) => {
      for (const [what, got] of [
        ["reference", await run(reference)],
        ["backend", await run(backend)],
      ] as const) {
        if (got !== wanted) throw new OctetError("ERR_FORMAT", `${what}: got ${got}, wanted ${wanted}`);
      }
    },
  };
}
