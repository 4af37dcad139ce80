/** Something that one arm does on the device, with its operands there. */
export interface Job {
  /** Does it once more, and drops the result of the time before. Resolves when the library would take the next call. */
  enqueue(): void | Promise<void>;
  /** Hands to the queue what the library still holds back, waiting for more. */
  submit(): void | Promise<void>;
  dispose(): void;
}

/** A job whose result is a product. */
export interface ProductJob extends Job {
  /** y `[rows, outFeatures]` of the last time. */
  read(): Promise<Float32Array>;
}

/** A job that quantizes a matrix, a scale per row. */
export interface QuantizeJob extends Job {
  /** Codes `[rows, columns]` and scales `[rows]` of the last time. */
  read(): Promise<{ readonly codes: Int8Array; readonly scales: Float32Array }>;
}
