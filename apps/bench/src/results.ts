/** What a run writes as JSON. Times are in ms. */
export interface Results {
  readonly schema: 1;
  /** ISO 8601 */
  readonly date: string;
  /** A run that only shows that everything works: its times mean nothing. */
  readonly quick: boolean;
  readonly machine: Machine;
  /** Of the peers, by npm name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly linear: readonly LinearCell[];
  readonly memory: readonly MemoryCell[];
}

export interface Machine {
  readonly cpu: string;
  /** Logical cores. */
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
  readonly v8: string;
  /** Averages over the last 1, 5 and 15 minutes, when the run began. */
  readonly load: readonly number[];
}

export interface Summary {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  readonly samples: number;
}

/** A layer `[outFeatures, inFeatures]` with so many rows of activations. */
export interface LinearCell {
  readonly outFeatures: number;
  readonly inFeatures: number;
  readonly rows: number;
  readonly threads: number;
  readonly arms: readonly Outcome[];
}

/** A tensor `[outFeatures, inFeatures]` that is quantized, dequantized or copied. */
export interface MemoryCell {
  readonly job: "quantize" | "dequantize";
  readonly outFeatures: number;
  readonly inFeatures: number;
  readonly threads: number;
  readonly arms: readonly Outcome[];
}

/** How one arm did. */
export type Outcome = ArmName & (Timed | Untimed);

export interface ArmName {
  /** The same in every run. */
  readonly arm: string;
  readonly library: string;
  readonly title: string;
}

export interface Untimed {
  readonly status: "unavailable" | "wrong";
  readonly reason: string;
}

export interface Timed {
  readonly status: "timed";
  /** Relative error against float64, for a linear arm. */
  readonly error?: number;
  /** Bytes that a call reads and writes, for a memory arm. */
  readonly bytes?: number;
  readonly fresh: Summary;
  readonly repeated: Summary;
}
