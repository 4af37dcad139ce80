import type { AnyHandle, Backend } from "@octet/core";
import { formatForm } from "@octet/core/backend";
import type { ConformanceContext } from "../case.ts";
import { checkSame } from "./compare.ts";
import { check } from "./failure.ts";
import { guardMemory } from "./guards.ts";
import { keepTensors } from "./keep-tensors.ts";
import { checkMemory } from "./memory.ts";
import { byteLengthOf, download, formOf, type HostData, type OperandOf, upload } from "./operands.ts";

type OperandsOf<Hosts> = { readonly [Name in keyof Hosts]: OperandOf<Hosts[Name]> };

/** An op to check, and how. */
export interface OpCheck<Hosts extends Readonly<Record<string, HostData | undefined>>> {
  readonly inputs: Hosts;
  readonly call: (operands: OperandsOf<Hosts>, backend: Backend) => AnyHandle;
  /** Compares the result with the reference's. Default: every bit. */
  readonly compare?: (got: HostData, wanted: HostData) => void;
  /** Runs the op a second time, which must give the same bits: for results that the contract does not fix to the bit. */
  readonly repeat?: boolean;
  /** Leaves out what costs memory: filling the surroundings, downloading the inputs. */
  readonly large?: boolean;
}

/**
 * Runs an op on the backend and on the reference and compares the results. Also checks that the result is a live tensor of the backend
 * with the form it should have, that inputs and the tensors around them are as they were, that memory() tells the truth, and that
 * disposing gives everything back. The surroundings were filled with ones before, so that a kernel which counts on zeroes is found out.
 */
export async function checkOp<Hosts extends Readonly<Record<string, HostData | undefined>>>(
  { backend, reference }: ConformanceContext,
  { inputs, call, compare = checkSame, repeat = false, large = false }: OpCheck<Hosts>,
): Promise<void> {
  const wanted = await keepTensors(async (keep) => {
    return (await download(reference, keep(call(uploadAll(reference, inputs, keep), reference)))) as HostData;
  });
  const before = backend.memory();
  await keepTensors(async (keepAlive) => {
    const alive: AnyHandle[] = [];
    const keep = <Kept extends AnyHandle>(tensor: Kept): Kept => {
      alive.push(tensor);
      return keepAlive(tensor);
    };
    const hosts = Object.values(inputs).filter((host) => host !== undefined);
    const checkGuards = guardMemory(backend, large ? [] : [...hosts, wanted], keep);
    const operands = uploadAll(backend, inputs, keep);
    const result = keep(call(operands, backend));
    checkHandle(backend, result, wanted);
    checkMemory(backend, before, alive);
    const got = (await download(backend, result)) as HostData;
    compare(got, wanted);
    if (repeat) {
      const again = await download(backend, keep(call(operands, backend)));
      checkSame(again, got, "the same op run again");
    }
    for (const [name, operand] of Object.entries(operands as Readonly<Record<string, AnyHandle | undefined>>)) {
      if (operand === undefined) continue;
      check(!operand.disposed, `the op disposed its input ${name}; inputs belong to the caller`);
      if (!large) checkSame(await download(backend, operand), inputs[name] as HostData, `input ${name} after the op`);
    }
    await checkGuards();
  });
  checkMemory(backend, before, []);
}

/** Fails unless the handle describes its data correctly. */
export function checkHandle(backend: Backend, handle: AnyHandle, host: HostData): void {
  check(handle.backend === backend, "the result's backend is not the one that made it");
  check(!handle.disposed, "the result is disposed");
  const [got, wanted] = [formatForm(handle as never), formatForm(formOf(host))];
  check(got === wanted, `result: got ${got}, wanted ${wanted}`);
  const bytes = byteLengthOf(host);
  check(handle.byteLength === bytes, `the result's byteLength is ${handle.byteLength}, wanted ${bytes}`);
}

function uploadAll<Hosts extends Readonly<Record<string, HostData | undefined>>>(
  backend: Backend,
  hosts: Hosts,
  keep: <Kept extends AnyHandle>(tensor: Kept) => Kept,
): OperandsOf<Hosts> {
  const entries = Object.entries(hosts).map(([name, host]) => [name, host && keep(upload(backend, host))]);
  return Object.fromEntries(entries) as OperandsOf<Hosts>;
}
