/**
 * Gives the memory of a buffer back now. Large buffers that wait for the garbage collector are what a program's memory grows by: it comes
 * late, since the objects that it sees are small. Arrays over the buffer have no elements after that, so nobody may be using one.
 */
export function release(buffer: ArrayBufferLike): void {
  // Browsers of before 2024 have neither method; there it takes the collector.
  if (buffer instanceof ArrayBuffer && buffer.detached === false) buffer.transfer(0);
}
