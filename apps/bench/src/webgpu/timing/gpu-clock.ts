/** Compute passes of which times can be taken at once; WebGPU allows 4096 timestamps in a set, two for each pass. */
const mostPasses = 2048;

/**
 * A clock that moves only while compute passes run on a device, whoever encoded them: it adds timestamps to every pass. Copies and
 * uploads between passes, and waiting for the host, do not count.
 */
export class GpuClock {
  readonly #device: GPUDevice;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #readable: GPUBuffer;
  #passes = 0;
  #elapsed = 0;

  /** Watches a device that has the feature "timestamp-query", until it is closed. */
  constructor(device: GPUDevice) {
    this.#device = device;
    const size = mostPasses * 2 * BigUint64Array.BYTES_PER_ELEMENT;
    this.#queries = device.createQuerySet({ type: "timestamp", count: 2 * mostPasses });
    this.#resolved = device.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
    this.#readable = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    this.#watch();
  }

  /** ms that passes took until the last `update`. */
  now(): number {
    return this.#elapsed;
  }

  /** Adds what passes took that were submitted since the last time. Every pass that was encoded must have been submitted. */
  async update(): Promise<void> {
    const passes = this.#passes;
    if (passes === 0) return;
    const bytes = passes * 2 * BigUint64Array.BYTES_PER_ELEMENT;
    this.#passes = 0;
    const encoder = GPUDevice.prototype.createCommandEncoder.call(this.#device);
    encoder.resolveQuerySet(this.#queries, 0, 2 * passes, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#readable, 0, bytes);
    this.#device.queue.submit([encoder.finish()]);
    await this.#readable.mapAsync(GPUMapMode.READ, 0, bytes);
    const times = new BigUint64Array(this.#readable.getMappedRange(0, bytes));
    for (let pass = 0; pass < passes; pass++) {
      const [begin, end] = [times[2 * pass], times[2 * pass + 1]];
      // Implementations may rewind their clock now and then.
      if (end > begin) this.#elapsed += Number(end - begin) / 1e6;
    }
    this.#readable.unmap();
  }

  close(): void {
    // The method of the prototype comes to light again.
    delete (this.#device as Partial<Pick<GPUDevice, "createCommandEncoder">>).createCommandEncoder;
    this.#queries.destroy();
    this.#resolved.destroy();
    this.#readable.destroy();
  }

  #watch(): void {
    const device = this.#device;
    device.createCommandEncoder = (descriptor) => {
      const encoder = GPUDevice.prototype.createCommandEncoder.call(device, descriptor);
      encoder.beginComputePass = (pass) =>
        GPUCommandEncoder.prototype.beginComputePass.call(encoder, { ...pass, timestampWrites: this.#nextPass() });
      return encoder;
    };
  }

  #nextPass(): GPUComputePassTimestampWrites {
    if (this.#passes === mostPasses) throw new RangeError(`more than ${mostPasses} passes between two readings`);
    const beginningOfPassWriteIndex = 2 * this.#passes++;
    return { querySet: this.#queries, beginningOfPassWriteIndex, endOfPassWriteIndex: beginningOfPassWriteIndex + 1 };
  }
}
