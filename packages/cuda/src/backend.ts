import type { BackendInfo } from "@octet/core";
import {
  DeviceBackend,
  type Finding,
  type Form,
  type HostData,
  type LaunchCall,
  type Replay,
  type Step,
} from "@octet/core/backend";
import type { NativeDevice } from "./addon.ts";
import { captureProgram } from "./captured-program.ts";
import { Findings } from "./findings.ts";
import { kernels } from "./kernels.ts";
import { Launcher } from "./launch-record.ts";
import type { Launch } from "./launches.ts";
import { looksForNonFinite } from "./looks-for-non-finite.ts";
import { callNative, octetErrorOf } from "./native-error.ts";
import { allocateStorage, hostDataOf, type Storage, writeStorage } from "./storage.ts";

/** The backend over a device of the addon, real or emulated. Launches are enqueued on a stream; waiting never blocks the event loop. */
export class CUDABackend extends DeviceBackend<Storage, Launch> {
  readonly #device: NativeDevice;
  readonly #launcher: Launcher;
  readonly #findings: Findings;

  constructor(device: NativeDevice, info: Omit<BackendInfo, "apiVersion" | "composed">) {
    super(info, kernels);
    this.#device = device;
    this.#launcher = new Launcher(device);
    this.#findings = new Findings(device);
  }

  protected override allocate(form: Form): Storage {
    return callNative(() => allocateStorage(this.#device, form));
  }

  protected override write(storage: Storage, host: HostData): void {
    callNative(() => writeStorage(this.#device, storage, host));
  }

  protected override async read({ data, scales }: Storage, form: Form, changes: boolean): Promise<HostData> {
    const known = this.#settle();
    try {
      const [bytes, scaleBytes] = await Promise.all([
        this.#device.read(data, undefined, undefined, changes),
        scales && this.#device.read(scales, undefined, undefined, changes),
      ]);
      await known;
      return hostDataOf(form, bytes, scaleBytes);
    } catch (error) {
      throw octetErrorOf(error);
    }
  }

  protected override copy(from: Storage, to: Storage): void {
    callNative(() => {
      this.#device.copy(to.data, from.data);
      if (from.scales !== undefined && to.scales !== undefined) this.#device.copy(to.scales, from.scales);
    });
  }

  protected override release({ data, scales }: Storage): void {
    data.free();
    scales?.free();
  }

  protected override launch(launch: Launch, call: LaunchCall<Storage>): Finding | undefined {
    return callNative(() => {
      const { finding, place } = looksForNonFinite(call) ? this.#findings.allot() : nothing;
      this.#launcher.launch(launch, place);
      return finding;
    });
  }

  protected override capture(steps: readonly Step<Storage, Launch>[]): Replay {
    return captureProgram({ device: this.#device, launcher: this.#launcher, findings: this.#findings }, steps);
  }

  protected override async wait(): Promise<void> {
    try {
      await Promise.all([this.#settle(), this.#device.synchronize()]);
    } catch (error) {
      throw octetErrorOf(error);
    }
  }

  protected override close(): void {
    this.#findings.dispose();
    this.#device.close();
  }

  /** Asks for the findings so far. A caller that waits for something else may ignore a rejection. */
  #settle(): Promise<void> {
    const settled = this.#findings.settle();
    settled.catch(() => {});
    return settled;
  }
}

const nothing = { finding: undefined, place: undefined } as const;
