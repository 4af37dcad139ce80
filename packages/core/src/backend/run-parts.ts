import type { AnyHandle, AnyOp, Backend, RunPart } from "./contract.ts";

/** Runs a fused op as the sequence of its parts, and disposes everything between. */
export function runParts(backend: Backend, op: AnyOp, inputs: object, params: object): AnyHandle | undefined {
  const made: AnyHandle[] = [];
  const run = ((part: AnyOp, partInputs: object, partParams: object) => {
    const handle = backend.run(part, partInputs, partParams) as AnyHandle | undefined;
    if (handle !== undefined) made.push(handle);
    return handle;
  }) as RunPart<unknown>;
  let result: AnyHandle | undefined;
  try {
    result = op.parts?.(run, inputs as never, params) as AnyHandle | undefined;
    return result;
  } finally {
    for (const handle of made) if (handle !== result) handle.dispose();
  }
}
