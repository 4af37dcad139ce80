/** Bytes `start` to `end` of a buffer: what one launch of a kernel sees of it. */
export interface BufferRange {
  readonly buffer: GPUBuffer;
  readonly start: number;
  readonly end: number;
}

/** A range as it can be bound, and how many bytes into the binding it starts. */
export interface BoundRange {
  readonly binding: GPUBufferBinding;
  /** Bytes */
  readonly shift: number;
}

/** The alignment of binding offsets: the largest that a device may ask for. */
const alignment = 256;

/** What alignment and rounding may add to a range, in bytes: ranges this much below the binding limit always fit. */
export const bindingSlack: number = 2 * alignment;

/** The smallest binding around a range. An empty range is bound with one word at its place, which is never read. */
export function bindRange({ buffer, start, end }: BufferRange): BoundRange {
  const offset = Math.min(Math.floor(start / alignment) * alignment, buffer.size - alignment);
  const size = Math.min(Math.ceil(Math.max(end - offset, 16) / 16) * 16, buffer.size - offset);
  return { binding: { buffer, offset, size }, shift: start - offset };
}
