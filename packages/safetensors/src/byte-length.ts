import { bitsPerElement } from "./dtype.ts";
import { OctetError, quote } from "./errors.ts";
import type { TensorSpec } from "./tensor-info.ts";

const LARGEST_U64 = 2n ** 64n - 1n;

/**
 * product(shape) * bits / 8, exactly. The running product is bounded at every step, as in the reference implementation:
 * a zero that comes after an overflow does not undo it.
 *
 * Throws ERR_FORMAT if the count of bits passes 64 bits, ends inside a byte, or passes 2^53 - 1 bytes.
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
  if (bits > LARGEST_U64) refuse("has more bits than 64 bits can count");
  if (bits % 8n !== 0n) refuse(`takes ${bits} bits, which is no whole number of bytes`);
  const bytes = Number(bits / 8n);
  if (bytes > Number.MAX_SAFE_INTEGER) refuse(`takes ${bits / 8n} bytes, more than the 2^53 - 1 that can be addressed`);
  return bytes;
}
