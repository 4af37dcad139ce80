import { type FloatDType, type HostTensor, hostTensor, narrowFloat64 } from "@octet/core";
import { checkBetween } from "./compare.ts";

/**
 * Fails unless y is gelu or silu of x: some z with `|z - y*| <= 2^-20 * |x| + 2^-126`, rounded to the dtype of x.
 *
 * The bound leaves room for what float32 devices have: WGSL allows exp an error of 3 + 2|v| units in the last place and division 2.5,
 * which makes sigmoid err by less than 2^-21; a polynomial for erf that errs by 1.5e-7, as widely used ones do, puts gelu within
 * 2^-23 * |x|. The tanh approximation of gelu errs by 2^-13 and fails, as does arithmetic in a half type. The last term forgives
 * results that are flushed because they are subnormal.
 */
export function checkActivationBound(
  y: HostTensor<FloatDType>,
  x: HostTensor<FloatDType>,
  kind: "gelu" | "silu",
): void {
  const truth = { gelu, silu }[kind];
  const values = Float64Array.from(x.values());
  const end = (sign: 1 | -1): HostTensor<FloatDType> => {
    const limits = values.map((value) => truth(value) + sign * (2 ** -20 * Math.abs(value) + 2 ** -126));
    return hostTensor(x.dtype, x.shape, narrowFloat64(limits, x.dtype));
  };
  checkBetween(y, end(-1), end(1), `${kind} outside its bound`);
}

/** x * sigmoid(x) in float64. */
function silu(x: number): number {
  return x / (1 + Math.exp(-x));
}

/** x * Phi(x) in float64, to 2^-26 of |x|: Phi from its integral, by Simpson's rule over steps of 2^-6. */
function gelu(x: number): number {
  if (Math.abs(x) > 9) return Math.max(x, 0); // 1 - Phi(9) is 1e-19
  const steps = 2 * Math.ceil(Math.abs(x) * 32);
  const width = Math.abs(x) / Math.max(steps, 1);
  let sum = 1 + density(Math.abs(x));
  for (let step = 1; step < steps; step++) sum += (step % 2 === 0 ? 2 : 4) * density(step * width);
  const half = (sum * width) / 3 / Math.sqrt(2 * Math.PI);
  return x * (x < 0 ? 0.5 - half : 0.5 + half);
}

/** exp(-t^2 / 2), the bell curve without its factor. */
function density(t: number): number {
  return Math.exp(-0.5 * t * t);
}
