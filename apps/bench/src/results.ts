/** What a run of the bench writes as JSON, on every platform. Times are in ms. */
export interface Results<R extends Run = Run, M extends Host = Machine> {
  readonly schema: 2;
  /** ISO 8601 */
  readonly date: string;
  /** A run that only shows that everything works: its times mean nothing. */
  readonly quick: boolean;
  readonly machine: M;
  /** One for each place that was measured: a process, a browser, a GPU. */
  readonly runs: readonly R[];
}

export type CPUResults = Results<CPURun>;
export type WebGPUResults = Results<WebGPURun>;
export type CUDAResults = Results<CUDARun, Host>;

export interface Host {
  readonly cpu: string;
  /** Logical cores. */
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  /** Version of NVIDIA's driver, where a GPU was measured. */
  readonly driver?: string;
}

export interface Machine extends Host {
  readonly platform: string;
  readonly v8: string;
  /** Averages over the last 1, 5 and 15 minutes, when the run began. */
  readonly load: readonly number[];
}

/** The arms in one place. */
export type Run = CPURun | WebGPURun | CUDARun;

interface RunFacts {
  /** Node or a browser with its version, or the name of a GPU. */
  readonly place: string;
  /** Of the peers, by npm name or by that of a Python package. */
  readonly versions: Readonly<Record<string, string>>;
  /** How times were taken, the more telling way first. */
  readonly clocks: readonly Clock[];
  readonly linear: readonly LinearCell[];
  readonly memory: readonly MemoryCell[];
}

export interface CPURun extends RunFacts {
  readonly platform: "cpu";
}

export interface WebGPURun extends RunFacts {
  readonly platform: "webgpu";
  readonly adapter: AdapterDescription;
  /** Jobs that are enqueued before anyone waits; a time is that of one of them. */
  readonly jobs: number;
}

export interface CUDARun extends RunFacts {
  readonly platform: "cuda";
  readonly gpu: GPU;
  /** What the GPU can do at most, as this run measured it. */
  readonly ceilings: Ceilings;
  /** What was checked beside the times. */
  readonly parts: readonly CheckedPart[];
  /** What calls cost JavaScript; empty where that was not measured. */
  readonly calls: readonly CallCost[];
  /** Cells that an arm refused, for people. */
  readonly leftOut: readonly string[];
}

/**
 * "gpu": what the kernels of a job took, by the device's timestamps. "wall": from the first call of the host until the work is done.
 */
export type Clock = "gpu" | "wall";

export interface AdapterDescription {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** A program on the CPU. */
  readonly software: boolean;
  /** What the shared device has of the features that arms use. */
  readonly features: readonly string[];
  readonly languageFeatures: readonly string[];
}

export interface GPU {
  readonly name: string;
  /** 90 for 9.0 */
  readonly capability: number;
  readonly multiprocessors: number;
  readonly l2Bytes: number;
  readonly memoryBytes: number;
  /** The CUDA version of the driver, 13010 for 13.1. */
  readonly driverVersion: number;
  /** 130100 for 13.1; absent where it was not found. */
  readonly cublasLtVersion?: number;
}

export interface Ceilings {
  readonly copyGigabytesPerSecond?: number;
  readonly readGigabytesPerSecond?: number;
  readonly float16TeraflopsPerSecond?: number;
}

export interface CheckedPart {
  readonly part: string;
  readonly status: string;
  readonly summary: string;
}

/** What a call costs JavaScript, in µs: until it returns, and until its work is done. */
export interface CallCost {
  readonly name: string;
  readonly returned: number;
  readonly done: number;
}

/** What was the same for all arms of a cell. */
interface CellFacts {
  readonly outFeatures: number;
  readonly inFeatures: number;
  readonly clock: Clock;
  /** Of the CPU; left out where a device computes. */
  readonly threads?: number;
  readonly arms: readonly Outcome[];
}

/** A layer `[outFeatures, inFeatures]` with so many rows of activations. */
export interface LinearCell extends CellFacts {
  readonly rows: number;
}

/** A tensor `[outFeatures, inFeatures]` that is quantized, dequantized or copied. */
export interface MemoryCell extends CellFacts {
  readonly job: "quantize" | "dequantize" | "quantize and dequantize";
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
  /** Of a linear arm: its relative error against float64, or on CUDA against cuBLASLt's float16. */
  readonly error?: number;
  /** Bytes that a call reads and writes, for a memory arm. */
  readonly bytes?: number;
  /** First calls after others ran; left out where only calls in a row were timed. */
  readonly fresh?: Summary;
  readonly repeated: Summary;
  /** For people. */
  readonly note?: string;
}

export interface Summary {
  readonly median: number;
  /** The quartiles; left out where `spread` stands for them. */
  readonly lower?: number;
  readonly upper?: number;
  /** Between the 10th and the 90th percentile, as a share of the median. */
  readonly spread?: number;
  readonly samples?: number;
}
