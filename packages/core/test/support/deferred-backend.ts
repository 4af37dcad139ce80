import type { AnyOp } from "@octet/core";
import { hostTensor, OctetError, sizeOf } from "@octet/core";
import {
  type AnyKernel,
  allocate,
  copyHost,
  DeviceBackend,
  type Finding,
  type Form,
  type HostData,
  isQuantizedForm,
  isRowCodesForm,
  type KernelTable,
  type Operand,
  type StateOperand,
} from "@octet/core/backend";

interface Storage {
  host: HostData | undefined;
}

class LateFinding implements Finding {
  known = false;
  error: OctetError | undefined;
}

/** A backend that runs ops by their definitions, but late: when something is read or waited for, as devices do. */
export function createDeferredBackend(): DeferredBackend {
  return new DeferredBackend();
}

export class DeferredBackend extends DeviceBackend<Storage, () => void> {
  /** What the device finds no memory for, once. */
  refuses: "write" | "copy" | undefined;
  /** Whether reads resolve before findings are known. */
  readsAlone = false;
  readonly #queue: (() => void)[] = [];

  constructor() {
    super({ name: "deferred", device: "test", maxTensorBytes: 2 ** 20, features: [] }, definitions);
  }

  get pending(): number {
    return this.#queue.length;
  }

  protected override allocate(form: Form): Storage {
    if (isQuantizedForm(form) || isRowCodesForm(form)) return { host: undefined };
    return { host: hostTensor(form.dtype, form.shape, allocate(form.dtype, sizeOf(form.shape)).fill(1)) };
  }

  protected override write(storage: Storage, host: HostData): Finding | undefined {
    storage.host = copyHost(host);
    return this.#refusal("write");
  }

  protected override read(storage: Storage): Promise<HostData> {
    if (this.readsAlone && storage.host !== undefined) return Promise.resolve(copyHost(storage.host));
    return new Promise((resolve, reject) => {
      this.#queue.push(() => {
        if (storage.host !== undefined) resolve(copyHost(storage.host));
        else reject(new Error("nothing was computed"));
      });
      setTimeout(() => this.#drain());
    });
  }

  protected override copy(from: Storage, to: Storage): Finding | undefined {
    this.#queue.push(() => {
      to.host = from.host && copyHost(from.host);
    });
    return this.#refusal("copy");
  }

  protected override release(): void {}

  protected override launch(launch: () => void): Finding {
    const finding = new LateFinding();
    this.#queue.push(() => {
      try {
        launch();
      } catch (error) {
        finding.error = OctetError.isInstance(error) ? error : new OctetError("ERR_DEVICE_LOST", String(error));
      }
      finding.known = true;
    });
    return finding;
  }

  protected override wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#queue.push(resolve);
      setTimeout(() => this.#drain());
    });
  }

  protected override close(): void {}

  /** A finding that says so late, if the device is to refuse this. */
  #refusal(what: "write" | "copy"): Finding | undefined {
    if (this.refuses !== what) return undefined;
    this.refuses = undefined;
    return this.launch(() => {
      throw new OctetError("ERR_OUT_OF_MEMORY", `no memory for a ${what}`);
    });
  }

  #drain(): void {
    for (const work of this.#queue.splice(0)) work();
  }
}

const definitions: KernelTable<() => void> = { has: () => true, find: (op) => kernelOf(op) };

function kernelOf(op: AnyOp): AnyKernel<() => void> {
  return (inputs: object, params: object, output: Operand<Form, Storage> | undefined) => () => {
    const hosts = Object.fromEntries(Object.entries(inputs).map(([name, operand]) => [name, hostOf(operand)]));
    const result = op.compute(hosts, params) as HostData | undefined;
    if (output !== undefined) output.storage.host = result;
  };
}

function hostOf(operand: Operand<Form, Storage> | StateOperand<Storage> | undefined): unknown {
  if (operand === undefined) return undefined;
  if ("storage" in operand) return operand.storage.host;
  return { ...operand.form, rows: operand.rows.map(({ host }) => host), length: operand.length.host };
}
