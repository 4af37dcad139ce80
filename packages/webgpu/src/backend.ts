import { type BackendInfo, OctetError, type OpCall } from "@octet/core";
import {
  DeviceBackend,
  type Finding,
  type Form,
  type HostData,
  type LaunchCall,
  type Replay,
  type Step,
  validateAlive,
} from "@octet/core/backend";
import type { Device } from "./device.ts";
import { commandsOf } from "./kernels/commands-of.ts";
import { kernels } from "./kernels.ts";
import { memoryMap, packHost, unpackHost } from "./layout/host-data.ts";
import { Operation } from "./operation.ts";
import { buffersOfStorage, type Launch, type Storage } from "./storage.ts";
import { CapturedSteps } from "./submit/captured-steps.ts";
import type { Copy } from "./submit/command.ts";
import { mostTelling, refused } from "./submit/error-scopes.ts";
import { readBuffers } from "./submit/read-buffers.ts";

/** Where a backend's device comes from, and what becomes of it. */
export interface BackendDevice {
  readonly device: Device;
  readonly info: Omit<BackendInfo, "apiVersion" | "composed">;
  /** Runs when the backend is disposed: destroys the device, if the backend made it. */
  readonly release: () => void;
}

/** The ops of core on a GPUDevice. Ops are submitted several together; nothing waits but `download` and `sync`. */
export class WebGPUBackend extends DeviceBackend<Storage, Launch> {
  readonly #device: Device;
  readonly #releaseDevice: () => void;
  #lost: OctetError | undefined;

  constructor({ device, info, release }: BackendDevice) {
    super(info, kernels);
    this.#device = device;
    this.#releaseDevice = release;
    device.gpu.lost.then(({ reason, message }) => {
      this.#lost = new OctetError(
        "ERR_DEVICE_LOST",
        `the device ${info.device} is lost (${reason}): ${message}; dispose the backend, make a new one and upload again`,
      );
    });
  }

  /** Compiles the shaders that these calls launch; calls that are not supported need none. */
  async prepare(calls: readonly OpCall[]): Promise<void> {
    validateAlive(this);
    if (!Array.isArray(calls)) {
      throw new OctetError(
        "ERR_UNSUPPORTED",
        "prepare takes an array of calls, { op, inputs, params }; pass [] or more",
      );
    }
    const commands = calls
      .filter(({ op, inputs, params }) => this.supports(op, inputs, params))
      .flatMap((call) => commandsOf(call, this.#device));
    try {
      await this.#device.pipelines.prepare(
        commands.flatMap((command) => ("shader" in command ? [command.shader] : [])),
      );
    } catch (error) {
      throw await this.#explain(error);
    }
  }

  protected override allocate(form: Form): Storage {
    this.#validateNotLost();
    const { data, scales } = memoryMap(form);
    const { maxTensorBytes } = this.info;
    if (data > maxTensorBytes) {
      throw new OctetError(
        "ERR_OUT_OF_MEMORY",
        `the codes take ${data} bytes, their rows padded to multiples of 16; the device holds up to ${maxTensorBytes}: split the tensor`,
      );
    }
    const { pool } = this.#device;
    return { data: pool.take(data), scales: scales === undefined ? undefined : pool.take(scales) };
  }

  protected override write(storage: Storage, host: HostData): Finding {
    const { queue, findings } = this.#device;
    const { data, scales } = packHost(host);
    const verdict = queue.write(storage.data, data);
    if (storage.scales === undefined || scales === undefined) return findings.open(verdict);
    return findings.open(mostTelling([verdict, queue.write(storage.scales, scales)]));
  }

  /** Findings are copied apart from the data, so that neither read fails with the other. */
  protected override async read(storage: Storage, form: Form): Promise<HostData> {
    this.#validateNotLost();
    const { gpu, queue, findings, staging } = this.#device;
    queue.flush();
    const { data, scales = 0 } = memoryMap(form);
    const sizes = [data, scales];
    const parts = buffersOfStorage(storage).map((buffer, index) => ({ buffer, bytes: sizes[index] }));
    const [bytes] = await Promise.allSettled([readBuffers(gpu, parts, staging), findings.collect()]);
    validateAlive(this);
    if (bytes.status === "rejected") throw await this.#explain(bytes.reason);
    return unpackHost(form, bytes.value[0], bytes.value[1]);
  }

  protected override copy(from: Storage, to: Storage, form: Form): Finding {
    this.#validateNotLost();
    const { data, scales } = memoryMap(form);
    const commands: Copy[] = [{ kind: "copy", from: from.data, to: to.data, start: 0, bytes: data }];
    if (from.scales !== undefined && to.scales !== undefined && scales !== undefined) {
      commands.push({ kind: "copy", from: from.scales, to: to.scales, start: 0, bytes: scales });
    }
    const { queue, findings } = this.#device;
    return findings.open(queue.enqueue(commands));
  }

  protected override release(storage: Storage): void {
    for (const buffer of buffersOfStorage(storage)) this.#device.pool.release(buffer);
  }

  protected override launch(launch: Launch, _call: LaunchCall<Storage>): Finding {
    this.#validateNotLost();
    const { queue, findings } = this.#device;
    const operation = new Operation(this.#device);
    try {
      launch(operation);
      return findings.open(queue.enqueue(operation.commands), operation.slot);
    } catch (error) {
      if (operation.slot !== undefined) findings.giveBack(operation.slot);
      throw error;
    } finally {
      operation.releaseScratch();
    }
  }

  protected override capture(steps: readonly Step<Storage, Launch>[]): Replay {
    const captured = new CapturedSteps(
      this.#device,
      steps.map(({ launch }) => launch),
    );
    return {
      run: () => {
        this.#validateNotLost();
        return captured.run();
      },
      dispose: () => captured.dispose(),
    };
  }

  protected override async wait(): Promise<void> {
    this.#validateNotLost();
    const { gpu, queue, findings } = this.#device;
    queue.flush();
    const { complete, reason } = await findings.collect();
    validateAlive(this);
    if (!complete) throw await this.#explain(reason);
    try {
      await gpu.queue.onSubmittedWorkDone();
    } catch (error) {
      throw await this.#explain(error);
    }
    this.#validateNotLost();
  }

  protected override close(): void {
    this.#device.destroy();
    this.#releaseDevice();
  }

  #validateNotLost(): void {
    if (this.#lost) throw this.#lost;
  }

  /** Why the device did not do its work: the backend is disposed, the device is lost, or the device's own error. */
  async #explain(reason: unknown): Promise<OctetError> {
    if (!this.disposed) {
      // A lost device reports the loss soon after it rejects the work under way.
      await Promise.race([this.#device.gpu.lost, new Promise((resolve) => setTimeout(resolve, 100))]);
    }
    validateAlive(this);
    return this.#lost ?? refused("what was asked of it", reason);
  }
}
