/** What the native addon exports. It checks sizes, but knows no shapes: those are in TypeScript. Errors carry `octetCode`. */
export interface Addon {
  readonly Device: new (index: number) => NativeDevice;
  describePlatform(): PlatformReport;
  /** Emulated only: the order of threads (0: by index), and whether asynchronous copies land at once or as late as they may. */
  configureEmulator?(seed: number, earlyCopies: boolean): void;
  /** Emulated only: runs a kernel with a known bug and returns what was found. */
  runPlantedBug?(name: string): string;
}

export interface PlatformReport {
  readonly platform: "cuda" | "emulated";
  /** As CUDA writes versions: 13020 is 13.2. 0 where there is none. */
  readonly driverVersion: number;
  readonly runtimeVersion: number;
  readonly deviceCount: number;
  /** Of each device: 90 for compute capability 9.0. */
  readonly capabilities: readonly number[];
  /** The GPUs that the kernels are compiled for, as CMake writes them: "80-real 90". Empty in the emulator. */
  readonly machineCode: string;
  /** What CUDA said when it was asked; empty when all is well. */
  readonly error: string;
}

export interface DeviceReport {
  readonly name: string;
  readonly totalBytes: number;
  /** 90 for compute capability 9.0. */
  readonly capability: number;
  readonly multiprocessors: number;
}

/** Memory of a device. */
export interface NativeBuffer {
  free(): void;
}

/** A captured chain of ops. */
export interface NativeGraph {
  launch(): void;
  free(): void;
}

/** The position of a dtype in core's `floatDTypes`; 3 is int8. */
export type DTypeIndex = 0 | 1 | 2 | 3;

/** Where an op writes what it cannot quantize: record `faultIndex` of a buffer of 16-byte records. */
export interface FaultRecord {
  readonly faults: NativeBuffer;
  readonly faultIndex: number;
}

export interface QuantizeCall extends FaultRecord {
  readonly x: NativeBuffer;
  readonly dtype: DTypeIndex;
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
  readonly qmax: number;
  readonly lowest: number;
  readonly codes: NativeBuffer;
  readonly scales: NativeBuffer;
}

export interface DequantizeCall {
  readonly codes: NativeBuffer;
  readonly scales: NativeBuffer;
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
  readonly y: NativeBuffer;
  readonly dtype: DTypeIndex;
}

export interface ActivationCall {
  readonly x: NativeBuffer;
  readonly y: NativeBuffer;
  readonly dtype: DTypeIndex;
  readonly size: number;
  /** The position in core's `activationKinds`. */
  readonly kind: number;
}

export interface LinearCall extends Partial<FaultRecord> {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly x: NativeBuffer;
  readonly xDType: DTypeIndex;
  readonly weight: NativeBuffer;
  readonly weightDType: DTypeIndex;
  readonly scales?: NativeBuffer | undefined;
  readonly scaleCount?: number;
  /** Elements along a row that share a scale; 0: all of them. */
  readonly group?: number;
  readonly bias?: NativeBuffer | undefined;
  readonly biasDType?: DTypeIndex | undefined;
  readonly y: NativeBuffer;
  readonly dtype: DTypeIndex;
  /** 0: activations stay floats. */
  readonly activationBits: 0 | 8 | 16;
}

/** One device. Everything runs in call order; what only waiting tells comes out of the promises. */
export interface NativeDevice {
  describe(): DeviceReport;
  allocate(bytes: number): NativeBuffer;
  /** Has copied `data` when it returns. */
  upload(target: NativeBuffer, data: ArrayBufferView): void;
  /** The buffer's bytes as they are at this place in the order of calls. */
  read(source: NativeBuffer): Promise<ArrayBuffer>;
  zero(target: NativeBuffer): void;
  copy(target: NativeBuffer, source: NativeBuffer): void;
  quantize(call: QuantizeCall): void;
  dequantize(call: DequantizeCall): void;
  activation(call: ActivationCall): void;
  linear(call: LinearCall): void;
  synchronize(): Promise<void>;
  /** Until `endCapture`, ops are kept instead of run. */
  beginCapture(): void;
  endCapture(): NativeGraph;
  /** Refuses everything from now on; memory lives as long as its buffers. */
  close(): void;
}
