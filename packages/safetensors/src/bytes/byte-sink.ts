/**
 * Where a file is written to, front to back: a file, a stream, a list of chunks for a Blob.
 *
 * The writer calls `write` only after the promise of the call before has resolved, so an implementation needs no queue;
 * and by not resolving it holds the writer back. It must not keep `bytes`: they may be reused once the promise resolves.
 */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}
