import { type Backend, type HostTensor, hostTensor, type Tensor } from "@octet/core";
import { checkSameTensor } from "./compare.ts";
import { type HostOperand, partSizes } from "./operands.ts";

/** Not a multiple of any register width, so that the guard's neighbours do not start on one either. */
const guardBytes = 67;

/**
 * Puts guards around the places where tensors of these sizes will lie. A tensor of all ones is uploaded for each part, guards between
 * them, and then disposed: an allocator that reuses memory will place inputs and results there, in dirt, between guards.
 *
 * Returns the check that every guard is as it was.
 */
export function guardMemory(
  backend: Backend,
  parts: readonly HostOperand[],
  keep: <Kept extends Tensor>(tensor: Kept) => Kept,
): () => Promise<void> {
  const pattern = guardPattern();
  const guards = [keep(backend.upload(pattern))];
  const dirt: Tensor[] = [];
  for (const bytes of parts.flatMap(partSizes)) {
    dirt.push(backend.upload(hostTensor("int8", [bytes], new Int8Array(bytes).fill(-1))));
    guards.push(keep(backend.upload(pattern)));
  }
  for (const tensor of dirt) tensor.dispose();
  return async () => {
    const downloads = await Promise.all(guards.map((guard) => backend.download(guard)));
    downloads.forEach((guard, index) => {
      checkSameTensor(guard, pattern, `tensor ${index} of those around the op, which must not change it`);
    });
  };
}

function guardPattern(): HostTensor<"int8"> {
  const data = Int8Array.from({ length: guardBytes }, (_, index) => (index * 37 + 11) & 0xff);
  return hostTensor("int8", [guardBytes], data);
}
