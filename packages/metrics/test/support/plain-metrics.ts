import { type GranularityOptions, type HostQuantizedTensor, type HostTensor, quantizeSymmetric } from "@octet/core";

/** x and code * scale of every element, by the definition of each granularity. */
export function restore(
  x: HostTensor<"float32">,
  options: GranularityOptions & { bits?: number },
): {
  tensor: HostQuantizedTensor;
  pairs: [x: number, restored: number][];
} {
  const tensor = quantizeSymmetric(x, options);
  const { shape } = x;
  const last = shape.at(-1) ?? 1;
  const pairs = Array.from(x.data, (value, flat): [number, number] => {
    let rest = flat;
    const indices = shape.toReversed().map((extent) => {
      const index = rest % extent;
      rest = Math.floor(rest / extent);
      return index;
    });
    let scale = 0;
    if (options.dim != null) scale = indices.toReversed().at(options.dim)!;
    if (options.groupSize != null) {
      scale = Math.floor(flat / last) * (last / options.groupSize) + Math.floor((flat % last) / options.groupSize);
    }
    return [value, tensor.quantized.data[flat] * tensor.scale.data[scale]];
  });
  return { tensor, pairs };
}

/** The four figures, straight from their definitions. */
export function plainFigures(pairs: readonly [x: number, restored: number][]): {
  maxAbsError: number;
  meanAbsError: number;
  relativeErrorPct: number;
  snrDb: number;
} {
  const errors = pairs.map(([x, restored]) => Math.abs(x - restored));
  const maxAbs = Math.max(...pairs.map(([x]) => Math.abs(x)));
  const sum = (terms: number[]) => terms.reduce((total, term) => total + term, 0);
  return {
    maxAbsError: Math.max(...errors),
    meanAbsError: sum(errors) / errors.length,
    relativeErrorPct:
      100 * Math.max(0, ...pairs.map(([x], i) => (Math.abs(x) > 0.1 * maxAbs ? errors[i] / Math.abs(x) : 0))),
    snrDb: 10 * Math.log10(sum(pairs.map(([x]) => x * x)) / sum(errors.map((error) => error * error))),
  };
}
