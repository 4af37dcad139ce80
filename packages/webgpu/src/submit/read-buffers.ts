import { mapModeRead } from "../gpu-flags.ts";
import type { BufferPool } from "./buffer-pool.ts";
import { mostTelling, watchErrors } from "./error-scopes.ts";

/** Bytes of a buffer to copy to the host. */
export interface BufferPart {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

/**
 * Copies buffers to the host, all or none, as they are after everything submitted so far. Rejects with the device's verdict if there is
 * one; when the device is lost or destroyed meanwhile, with what it says to that.
 */
export async function readBuffers(
  device: GPUDevice,
  parts: readonly BufferPart[],
  staging: BufferPool,
): Promise<Uint8Array<ArrayBuffer>[]> {
  if (parts.length === 0) return [];
  const copies: Copy[] = [];
  try {
    for (const { buffer, bytes } of parts) {
      const size = Math.max(4, Math.ceil(bytes / 4) * 4);
      copies.push({ source: buffer, bytes, size, target: staging.take(size) });
    }
    const doubt = staging.verdictOnAll(copies.flatMap(({ source, target }) => [source, target]));
    const { result: mapped, verdict } = watchErrors(
      device,
      () => "a download",
      () => {
        const encoder = device.createCommandEncoder({ label: "octet download" });
        for (const { source, target, size } of copies) encoder.copyBufferToBuffer(source, 0, target, 0, size);
        device.queue.submit([encoder.finish()]);
        return Promise.allSettled(copies.map(({ target, size }) => target.mapAsync(mapModeRead, 0, size)));
      },
    );
    const fault = await (doubt === undefined ? verdict : mostTelling([doubt, verdict]));
    if (fault !== undefined) throw fault;
    const refusal = (await mapped).find((mapping) => mapping.status === "rejected");
    if (refusal !== undefined) throw refusal.reason;
    const taken = copies.map(takeBytes);
    for (const { target } of copies) staging.release(target);
    return taken;
  } catch (error) {
    // A buffer that may be mapped, now or later, cannot be copied to.
    for (const { target } of copies) staging.discard(target);
    throw error;
  }
}

interface Copy {
  readonly source: GPUBuffer;
  readonly bytes: number;
  readonly size: number;
  readonly target: GPUBuffer;
}

function takeBytes({ target, bytes, size }: Copy): Uint8Array<ArrayBuffer> {
  const mapped = new Uint8Array(target.getMappedRange(0, size), 0, bytes);
  const taken = new Uint8Array(bytes);
  taken.set(mapped);
  target.unmap();
  return taken;
}
