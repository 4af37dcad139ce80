import { kernels, plainBytes } from "../generated/inlined.ts";
import type { Simd } from "./simd.ts";

/** The binary of the kernels, as the compiler made it: its memory is not shared. */
export async function loadKernelBinary(simd: Simd): Promise<Uint8Array<ArrayBuffer>> {
  const deflated = Uint8Array.from(atob(kernels), (character) => character.charCodeAt(0));
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const both = new Uint8Array(await new Response(stream).arrayBuffer());
  return simd === "plain" ? both.slice(0, plainBytes) : both.slice(plainBytes);
}
