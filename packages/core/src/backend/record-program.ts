import { OctetError } from "../errors.ts";
import type { AnyHandle, Backend } from "./contract.ts";
import { type DeviceHandle, formOf } from "./handles.ts";
import { mapInputs, namedHandles } from "./inputs.ts";
import type { ProgramParts, ProgramPort } from "./program.ts";
import type { Recording } from "./recording.ts";
import type { StateHandle } from "./state-handle.ts";
import { isState, validateOwned } from "./validation.ts";

/** What a recorded function may return: a handle, an array or an object of handles, or nothing. */
type Results = AnyHandle | readonly AnyHandle[] | Readonly<Record<string, AnyHandle>> | undefined;

/**
 * Calls a function once, with handles that stand for the inputs of a program, and collects the parts of the program. The backend records
 * the ops that the function calls meanwhile.
 * @throws OctetError `ERR_UNSUPPORTED`, and whatever the function throws
 */
export function recordProgram<Storage>(
  backend: Backend,
  recording: Recording<Storage, unknown>,
  steps: (inputs: never) => unknown,
  inputs: object,
): Omit<ProgramParts<Storage>, "owner" | "replay"> {
  const ports = new Map<string, ProgramPort<Storage> | StateHandle<Storage>>();
  const standIns: AnyHandle[] = [];
  for (const [name, handle] of namedHandles(inputs)) {
    validateOwned(backend, handle, `${name} of the program`);
    const standIn = recording.keepInput(handle);
    standIns.push(standIn);
    if (isState(handle)) ports.set(name, handle as unknown as StateHandle<Storage>);
    else ports.set(name, { form: formOf(handle), storage: (standIn as unknown as DeviceHandle<Storage>).storage });
  }
  const inOrder = standIns.values();
  const result = steps(mapInputs(inputs, () => inOrder.next().value) as never) as Results;
  const { handles, assemble } = takeApart(result);
  const outputs = handles.map((handle) => {
    const result: AnyHandle = handle;
    recording.validateResult(result);
    return { form: formOf(result), storage: result.storage };
  });
  recording.close();
  return { backend, recording, inputs: ports, outputs, assemble };
}

/** The handles of a result, and how to put others into their places. */
function takeApart(
  result: Results,
): Pick<ProgramParts<unknown>, "assemble"> & { readonly handles: readonly AnyHandle[] } {
  if (result === undefined) return { handles: [], assemble: () => undefined };
  if (typeof (result as unknown as PromiseLike<unknown>)?.then === "function") {
    // What goes wrong in steps that go on after this refusal would otherwise end the process.
    Promise.resolve(result).catch(() => {});
    throw new OctetError(
      "ERR_UNSUPPORTED",
      "the steps to record are asynchronous; call the ops without awaiting anything",
    );
  }
  if (Array.isArray(result)) return { handles: Array.from(result), assemble: (handles) => handles };
  if (typeof result === "object" && result !== null && !("backend" in result)) {
    const names = Object.keys(result);
    const assemble = (handles: readonly AnyHandle[]) =>
      Object.fromEntries(names.map((name, index) => [name, handles[index]]));
    return { handles: Object.values(result), assemble };
  }
  return { handles: [result as AnyHandle], assemble: ([handle]) => handle };
}
