import { bitsPerElement } from "../dtype.ts";
import { OctetError, quote } from "../errors.ts";
import type { TensorSpec } from "../header/tensor-info.ts";

const LARGEST_U64 = 2n ** 64n - 1n;

/**
 * product(shape) * bits / 8, exactly. The running product is bounded at every step, as in the reference implementation:
 * a zero that comes after an overflow does not undo it.
 *
 * Throws ERR_FORMAT if the elements pass 64 bits or all of them end inside a byte. Above 2^53 - 1 the result is rounded;
 * no file has room for that much.
 */
export function byteLengthOf({ name, dtype, shape }: TensorSpec): number {
  const refuse = (problem: string): never => {
    throw new OctetError(
      "ERR_FORMAT",
      `tensor ${quote(name)} of dtype ${dtype} and shape [${shape.slice(0, 16)}] ${problem}`,
    );
  };
  let elements = 1n;
  for (const dim of shape) {
    elements *= BigInt(dim);
    if (elements > LARGEST_U64) refuse("has more elements than 64 bits can count");
  }
  const bits = elements * BigInt(bitsPerElement(dtype));
  if (bits % 8n !== 0n) refuse(`takes ${bits} bits, which is not a whole number of bytes`);
  return Number(bits / 8n);
}
