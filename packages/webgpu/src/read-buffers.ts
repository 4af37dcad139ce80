import type { BufferPool } from "./buffer-pool.ts";
import { mostTelling, type Verdict, watchErrors } from "./error-scopes.ts";
import { mapModeRead } from "./gpu-flags.ts";

/** Bytes of a buffer to copy to the host. */
export interface BufferPart {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

export interface Reading {
  /** What was copied, unless the verdict is that nothing was. Rejects when the device is lost meanwhile, or memory ran out. */
  readonly bytes: Promise<Uint8Array<ArrayBuffer>[]>;
  readonly verdict: Verdict;
}

/** Copies buffers to the host, as they are after everything submitted so far. */
export function readBuffers(device: GPUDevice, parts: readonly BufferPart[], staging: BufferPool): Reading {
  const copies = parts.map(({ buffer, bytes }) => {
    const size = Math.max(4, Math.ceil(bytes / 4) * 4);
    return { source: buffer, bytes, size, target: staging.take(size) };
  });
  const doubts = copies.map(({ target }) => staging.verdictOn(target));
  const { result, verdict } = watchErrors(
    device,
    () => "a download",
    () => {
      const encoder = device.createCommandEncoder({ label: "octet download" });
      for (const { source, target, size } of copies) encoder.copyBufferToBuffer(source, 0, target, 0, size);
      device.queue.submit([encoder.finish()]);
      return copies.map(({ target, bytes, size }) => ({
        target,
        bytes,
        size,
        mapped: target.mapAsync(mapModeRead, 0, size),
      }));
    },
  );
  return {
    bytes: Promise.all(result.map((copy) => takeBytes(copy, staging))),
    verdict: mostTelling([...doubts.filter((doubt) => doubt !== undefined), verdict]),
  };
}

interface MappedCopy {
  readonly target: GPUBuffer;
  readonly bytes: number;
  readonly size: number;
  readonly mapped: Promise<unknown>;
}

async function takeBytes(
  { target, bytes, size, mapped }: MappedCopy,
  staging: BufferPool,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    await mapped;
    const copy = new Uint8Array(target.getMappedRange(0, size).slice(0, bytes));
    target.unmap();
    staging.release(target);
    return copy;
  } catch (error) {
    staging.discard(target);
    throw error;
  }
}
