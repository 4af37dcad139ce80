/** What the native addon exports. It checks sizes, but knows no shapes: those are in TypeScript. Errors carry `octetCode`. */
export interface Addon {
  readonly Device: new (index: number) => NativeDevice;
  describePlatform(): PlatformReport;
  /** Emulated only: the order of threads (0: by index), and whether asynchronous copies land at once or as late as they may. */
  configureEmulator?(seed: number, earlyCopies: boolean): void;
  /** Emulated only: runs a kernel with a known bug and returns what was found. */
  runPlantedBug?(name: string): string;
  /** Failures of a device to free something after its last call, so that no call of its own could report them; empty when all is well. Each is reported once. */
  takeCleanupFailure(): string;
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

/** Captured launches. */
export interface NativeGraph {
  launch(): void;
  free(): void;
}

/** One device. Everything runs in call order; what only waiting tells comes out of the promises. */
export interface NativeDevice {
  describe(): DeviceReport;
  allocate(bytes: number): NativeBuffer;
  /** Has copied `data` when it returns. */
  upload(target: NativeBuffer, data: ArrayBufferView): void;
  /**
   * Bytes of a buffer, all of them by default, once everything called so far has run. They may be copied later than that: nothing may
   * write to them before the promise settles, unless `changes` says that something will.
   */
  read(source: NativeBuffer, offset?: number, bytes?: number, changes?: boolean): Promise<ArrayBuffer>;
  /** The same, of 4 MiB at most, without returning to the event loop. */
  readNow(source: NativeBuffer, offset: number, bytes: number): ArrayBuffer;
  zero(target: NativeBuffer): void;
  /** Copies bytes between buffers; the whole source by default. */
  copy(target: NativeBuffer, source: NativeBuffer, targetOffset?: number, sourceOffset?: number, bytes?: number): void;
  /** Launch `number` of the table in `launches.ts`, as `launch-record.ts` lays it out, and its memories in their order. */
  launch(number: number, record: Uint8Array, ...memories: readonly (NativeBuffer | undefined)[]): void;
  synchronize(): Promise<void>;
  /** Until `endCapture`, launches are kept instead of run. */
  beginCapture(): void;
  endCapture(): NativeGraph;
  /** Ends a capture without a graph. Harmless when none is going on. */
  abandonCapture(): void;
  /** Refuses everything from now on; memory lives as long as its buffers. */
  close(): void;
}
