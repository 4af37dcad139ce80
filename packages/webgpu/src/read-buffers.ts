import { bufferUsage, mapModeRead } from "./gpu-flags.ts";

/** Bytes of a buffer to copy to the host. */
export interface BufferPart {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

/** Copies buffers to the host, as they are after everything submitted so far. Rejects when the device is lost meanwhile. */
export async function readBuffers(
  device: GPUDevice,
  parts: readonly BufferPart[],
  staging: Set<GPUBuffer>,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const encoder = device.createCommandEncoder();
  const mapped = parts.map(({ buffer, bytes }) => {
    const size = Math.max(4, Math.ceil(bytes / 4) * 4);
    const copy = device.createBuffer({ size, usage: bufferUsage.mapRead | bufferUsage.copyTarget });
    staging.add(copy);
    encoder.copyBufferToBuffer(buffer, 0, copy, 0, size);
    return { copy, bytes };
  });
  device.queue.submit([encoder.finish()]);
  try {
    await Promise.all(mapped.map(({ copy }) => copy.mapAsync(mapModeRead)));
    return mapped.map(({ copy, bytes }) => new Uint8Array(copy.getMappedRange().slice(0, bytes)));
  } finally {
    for (const { copy } of mapped) {
      copy.destroy();
      staging.delete(copy);
    }
  }
}
