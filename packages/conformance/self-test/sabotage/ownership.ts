import type { AnyHandle, HostQuantizedTensor, HostRowCodes, HostTensor, MemoryUse, Op, Tensor } from "@octet/core";
import type { HostData } from "@octet/core/backend";
import { HostBackend, type HostLaunch, type HostStorage } from "../host-backend.ts";
import { hostOf, isHandle, isTensor, withFields } from "./handles.ts";
import type { Sabotage } from "./sabotage.ts";

class LeakingBackend extends HostBackend {
  protected override perform(launch: HostLaunch): void {
    super.perform(launch);
    this.upload({ dtype: "int8", shape: [1], data: new Int8Array(1) });
  }
}

/** Calls `after` with the operands of every op that runs by itself. */
abstract class AfterwardBackend extends HostBackend {
  protected abstract after(operands: readonly AnyHandle[]): void;

  override run<Inputs extends object, Params extends object, Result>(
    op: Op<Inputs, Params, Result>,
    inputs: NoInfer<Inputs>,
    params: NoInfer<Params>,
  ): Result {
    const result = super.run(op, inputs, params);
    if (!this.recording) this.after(Object.values(inputs).filter(isHandle));
    return result;
  }
}

class ConsumingBackend extends AfterwardBackend {
  protected override after([input]: readonly AnyHandle[]): void {
    input.dispose();
  }
}

/** Changes the first byte of the tensor that was uploaded last, operands and codes aside. */
class OverwritingBackend extends AfterwardBackend {
  readonly #uploads: Tensor[] = [];

  protected override uploadAny(host: never): AnyHandle {
    const handle = super.uploadAny(host);
    if (isTensor(handle)) this.#uploads.push(handle);
    return handle;
  }

  protected override after(operands: readonly AnyHandle[]): void {
    const neighbour = this.#uploads.findLast((tensor) => !tensor.disposed && !operands.includes(tensor));
    if (neighbour === undefined) return;
    const { data } = hostOf(neighbour) as HostTensor;
    if (data.length > 0) new Uint8Array(data.buffer, data.byteOffset)[0] += 1;
  }
}

class KeepingBackend extends HostBackend {
  protected override write(storage: HostStorage, host: HostData): void {
    storage.host = host; // not a copy
  }
}

class SharingBackend extends HostBackend {
  protected override async read(storage: HostStorage): Promise<HostData> {
    return storage.host as HostData;
  }
}

/** Handles keep the caller's own shape and granularity, in fields that can be written. */
class LooseBackend extends HostBackend {
  protected override uploadAny(host: never): AnyHandle {
    const handle = super.uploadAny(host);
    if ("slots" in handle) return handle;
    const { quantized, codes, granularity } = host as Partial<HostQuantizedTensor & HostRowCodes>;
    const { shape } = quantized ?? codes ?? (host as HostTensor);
    return loosen(handle, shape, granularity);
  }

  override run<Inputs extends object, Params extends object, Result>(
    op: Op<Inputs, Params, Result>,
    inputs: NoInfer<Inputs>,
    params: NoInfer<Params>,
  ): Result {
    const result = super.run(op, inputs, params);
    if (this.recording || !isHandle(result) || !("granularity" in result)) return result;
    return loosen(result, [...result.shape], { ...result.granularity }) as Result;
  }
}

function loosen<Handle extends AnyHandle>(handle: Handle, shape: readonly number[], granularity: unknown): Handle {
  return withFields(handle, { shape, ...("granularity" in handle && { granularity }) });
}

class UncountingBackend extends HostBackend {
  override memory(): MemoryUse {
    return { ...super.memory(), bytes: 0 };
  }
}

class LateDownloadBackend extends HostBackend {
  protected override async downloadAny(handle: AnyHandle): Promise<unknown> {
    await null;
    return super.downloadAny(handle);
  }
}

/** Memory that is kept, shared, overwritten or counted wrong. */
export const ownershipSabotages: readonly Sabotage[] = [
  { fault: "leak", Backend: LeakingBackend },
  { fault: "consumed-input", Backend: ConsumingBackend },
  { fault: "overwritten-neighbour", Backend: OverwritingBackend },
  { fault: "kept-upload", Backend: KeepingBackend },
  { fault: "live-download", Backend: SharingBackend },
  { fault: "shared-shape", Backend: LooseBackend },
  { fault: "wrong-memory", Backend: UncountingBackend },
  { fault: "late-download", Backend: LateDownloadBackend },
];
