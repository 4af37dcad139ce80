/** Something that one arm does, again and again, with its operands where it wants them: on the host or on a device. */
export interface Job {
  /** Does it once more, and drops the result of the time before. Resolves when the arm would take the next call. */
  run(): void | Promise<void>;
  /** Hands to a device what the library still holds back, waiting for more. */
  submit?(): void | Promise<void>;
  dispose(): void | Promise<void>;
}

/** A job whose result is a product. */
export interface ProductJob extends Job {
  /** y `[rows, outFeatures]` of the last time. */
  read(): Promise<Float32Array>;
}

/** A job that quantizes, dequantizes or copies a matrix. */
export interface MemoryJob extends Job {
  /** Why the result of the last time is wrong; undefined where it is right. */
  findFault(): Promise<string | undefined>;
}

/** A product from data on the host to data on the host. */
export function hostJob(multiply: () => Promise<Float32Array>): ProductJob {
  let y: Float32Array;
  return {
    async run() {
      y = await multiply();
    },
    read: async () => y,
    dispose() {},
  };
}
