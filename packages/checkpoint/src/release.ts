/**
 * Gives the memory of an array back now. Large buffers that wait for the garbage collector are what a program's memory grows by: it comes
 * late, since the objects that it sees are small. The array has no elements after that, so nobody else may be using its buffer.
 */
export function release({ buffer }: ArrayBufferView): void {
  // Browsers of before 2024 have neither method; there it takes the collector.
  if (buffer instanceof ArrayBuffer && buffer.detached === false) buffer.transfer(0);
}
