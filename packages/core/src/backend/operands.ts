import type { AnyHandle, AnyOp } from "./contract.ts";
import type { DeviceHandle } from "./handles.ts";
import type { Operand, StateOperand } from "./kernels.ts";
import type { StateHandle } from "./state-handle.ts";
import { storagesOfState } from "./state-keeper.ts";
import { isState } from "./validation.ts";

/** A handle as a kernel sees it. */
export function operandOf<Storage>(handle: AnyHandle): Operand<object, Storage> | StateOperand<Storage> {
  if (isState(handle)) return (handle as unknown as StateHandle<Storage>).operand;
  return { form: handle, storage: (handle as unknown as DeviceHandle<Storage>).storage };
}

/** The memory of the handles of a call. */
export function storagesOf<Storage>(handles: readonly AnyHandle[]): readonly Storage[] {
  const storages: Storage[] = [];
  for (const handle of handles) {
    if (isState(handle)) storages.push(...storagesOfState((handle as unknown as StateHandle<Storage>).operand));
    else storages.push((handle as unknown as DeviceHandle<Storage>).storage);
  }
  return storages;
}

/** The states that a call changes. */
export function changedBy<Storage>({ changes }: AnyOp, inputs: object): readonly StateHandle<Storage>[] {
  return changes === undefined ? [] : changes.flatMap((name) => (inputs as never)[name]);
}
