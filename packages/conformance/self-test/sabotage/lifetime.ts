import {
  type AnyHandle,
  type FloatDType,
  type HostRowCodes,
  type HostTensor,
  hostTensor,
  isFloatDType,
  linearOp,
  OctetError,
  type Op,
  type QuantizeOptions,
  quantizeOp,
  quantizeRowsOp,
  writeRowsOp,
} from "@octet/core";
import { type Forms, isHostRowCodes } from "@octet/core/backend";
import type { Definitions } from "../definitions.ts";
import { HostBackend } from "../host-backend.ts";
import { hostOf, isHandle, withFields } from "./handles.ts";
import type { Sabotage } from "./sabotage.ts";

class ThrowingBackend extends HostBackend {
  protected override uploadAny(host: never): AnyHandle {
    return disposableOnce(super.uploadAny(host));
  }

  override run<Inputs extends object, Params extends object, Result>(
    op: Op<Inputs, Params, Result>,
    inputs: NoInfer<Inputs>,
    params: NoInfer<Params>,
  ): Result {
    const result = super.run(op, inputs, params);
    return isHandle(result) && !this.recording ? (disposableOnce(result) as Result) : result;
  }
}

function disposableOnce<Handle extends AnyHandle>(handle: Handle): Handle {
  const dispose = () => {
    if (handle.disposed) throw new Error("disposed already");
    handle.dispose();
  };
  return withFields(handle, { dispose });
}

class ImmortalBackend extends HostBackend {
  #disposed = false;

  override get disposed(): boolean {
    return this.#disposed;
  }

  override dispose(): void {
    this.#disposed = true;
  }
}

/** Replaces operands before every op and download. */
abstract class ReplacingBackend extends HostBackend {
  /** What stands for an operand during a call. */
  protected abstract replace(operand: unknown): unknown;

  /** Called with what stood for operands, after the call. */
  protected abstract restore(replacements: readonly unknown[]): void;

  override run<Inputs extends object, Params extends object, Result>(
    op: Op<Inputs, Params, Result>,
    inputs: NoInfer<Inputs>,
    params: NoInfer<Params>,
  ): Result {
    const replaced = Object.entries(inputs).map(([name, operand]) => [name, operand, this.replace(operand)] as const);
    try {
      return super.run(op, Object.fromEntries(replaced.map(([name, , stand]) => [name, stand])) as Inputs, params);
    } finally {
      this.restore(replaced.filter(([, operand, stand]) => stand !== operand).map(([, , stand]) => stand));
    }
  }

  protected override downloadAny(handle: AnyHandle): Promise<unknown> {
    const stand = this.replace(handle);
    try {
      return super.downloadAny(stand as AnyHandle);
    } finally {
      if (stand !== handle) this.restore([stand]);
    }
  }
}

/** Lets the data of a disposed handle be used. */
class RevivingBackend extends ReplacingBackend {
  protected override replace(operand: unknown): unknown {
    if (!isHandle(operand) || !operand.disposed) return operand;
    return withFields(operand, { disposed: false });
  }

  protected override restore(): void {}
}

/** Uploads a copy of another backend's tensor for the time of a call. */
class AdoptingBackend extends ReplacingBackend {
  protected override replace(operand: unknown): unknown {
    if (!isHandle(operand) || operand.backend === this || !("storage" in operand)) return operand;
    return this.upload(hostOf(operand) as never);
  }

  protected override restore(copies: readonly AnyHandle[]): void {
    for (const copy of copies) copy.dispose();
  }
}

class LateCheckingBackend extends HostBackend {
  readonly #errors = new WeakMap<object, unknown>();

  override run<Inputs extends object, Params extends object, Result>(
    op: Op<Inputs, Params, Result>,
    inputs: NoInfer<Inputs>,
    params: NoInfer<Params>,
  ): Result {
    try {
      return super.run(op, inputs, params);
    } catch (error) {
      const late = ["ERR_SHAPE", "ERR_DTYPE", "ERR_UNSUPPORTED", "ERR_OUT_OF_MEMORY", "ERR_RANGE"];
      if (this.recording || !OctetError.isInstance(error) || !late.includes(error.code)) throw error;
      const result = this.upload({ dtype: "float32", shape: [0], data: new Float32Array(0) });
      this.#errors.set(result, error);
      return result as Result;
    }
  }

  protected override async downloadAny(handle: AnyHandle): Promise<unknown> {
    if (this.#errors.has(handle)) throw this.#errors.get(handle);
    return super.downloadAny(handle);
  }
}

/** Says that it does not quantize to 3 bits, and does. */
class DenyingBackend extends HostBackend {
  override supports<Inputs extends object, Params extends object, Result>(
    op: Op<Inputs, Params, Result>,
    inputs: Forms<Inputs>,
    params: NoInfer<Params>,
  ): boolean {
    if ((op as unknown) === quantizeOp && (params as unknown as QuantizeOptions).bits === 3) return false;
    return super.supports(op, inputs, params);
  }
}

function ignoreNaN(definitions: Definitions): void {
  definitions
    .replace(quantizeOp, ({ x }, params, compute) => compute({ x: cleaned(x) }, params))
    .replace(quantizeRowsOp, ({ x }, params, compute) => compute({ x: cleaned(x) }, params))
    .replace(writeRowsOp, ({ x, state }, params, compute) => {
      const rows = isFloatDType(x.dtype) ? cleaned(x as HostTensor<FloatDType>) : x;
      compute({ x: rows, state }, params);
    })
    .replace(linearOp, (inputs, params, compute) => {
      const { x } = inputs as { readonly x: HostTensor<FloatDType> | HostRowCodes };
      if (params.activations === "float" || isHostRowCodes(x)) return compute(inputs, params);
      return compute({ ...inputs, x: cleaned(x) }, params);
    });
}

function cleaned({ dtype, shape, data }: HostTensor<FloatDType>): HostTensor<FloatDType> {
  const exponent = { float32: 0, float16: 0x7c00, bfloat16: 0x7f80 }[dtype];
  const finite = data.map((value) => {
    if (dtype === "float32") return Number.isFinite(value) ? value : 0;
    return (value & exponent) === exponent ? 0 : value;
  });
  return hostTensor(dtype, shape, finite);
}

/** Tensors and backends that do not end as they should, and errors that do not come when they should. */
export const lifetimeSabotages: readonly Sabotage[] = [
  { fault: "second-dispose-throws", Backend: ThrowingBackend },
  { fault: "immortal-tensors", Backend: ImmortalBackend },
  { fault: "forgotten-dispose", Backend: RevivingBackend },
  { fault: "foreign-accepted", Backend: AdoptingBackend },
  { fault: "unchecked-arguments", Backend: LateCheckingBackend },
  { fault: "silent-fallback", Backend: DenyingBackend },
  { fault: "nan-ignored", define: ignoreNaN },
];
