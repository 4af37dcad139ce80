import type { Backend, DType, HostQuantizedTensor, HostTensor, QuantizedTensor, Tensor } from "@octet/core";
import { equalGranularities, equalShapes, formatShape } from "@octet/core";
import type { ConformanceContext } from "./case.ts";
import { checkSameQuantized, checkSameTensor } from "./compare.ts";
import { check } from "./failure.ts";
import { guardMemory } from "./guards.ts";
import { keepTensors } from "./keep-tensors.ts";
import { checkMemory } from "./memory.ts";
import { download, type HostOperand, type Operand, partSizes, upload } from "./operands.ts";

type OperandOf<Host> = Host extends HostQuantizedTensor
  ? QuantizedTensor
  : Host extends HostTensor<infer D extends DType>
    ? Tensor<D>
    : Host;

type OperandsOf<Hosts> = { readonly [Name in keyof Hosts]: OperandOf<Hosts[Name]> };

/** An op to check, and how. */
export interface OpCheck<Hosts extends Readonly<Record<string, HostOperand | undefined>>> {
  readonly inputs: Hosts;
  readonly call: (operands: OperandsOf<Hosts>, backend: Backend) => Operand;
  /** Compares the result with the reference's. Default: every bit. */
  readonly compare?: (got: HostOperand, wanted: HostOperand) => void;
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
export async function checkOp<Hosts extends Readonly<Record<string, HostOperand | undefined>>>(
  { backend, reference }: ConformanceContext,
  { inputs, call, compare = checkSame, repeat = false, large = false }: OpCheck<Hosts>,
): Promise<void> {
  const wanted = await keepTensors(async (keep) => {
    return download(reference, keep(call(uploadAll(reference, inputs, keep), reference)));
  });
  const before = backend.memory();
  await keepTensors(async (keepAlive) => {
    const alive: Operand[] = [];
    const keep = <Kept extends Operand>(tensor: Kept): Kept => {
      alive.push(tensor);
      return keepAlive(tensor);
    };
    const hosts = Object.values(inputs).filter((host) => host !== undefined);
    const checkGuards = guardMemory(backend, large ? [] : [...hosts, wanted], keep);
    const operands = uploadAll(backend, inputs, keep);
    const result = keep(call(operands, backend));
    checkHandle(backend, result, wanted);
    checkMemory(backend, before, alive);
    const got = await download(backend, result);
    compare(got, wanted);
    if (repeat) {
      const again = await download(backend, keep(call(operands, backend)));
      checkSame(again, got, "the same op run again");
    }
    for (const [name, operand] of Object.entries(operands as Readonly<Record<string, Operand | undefined>>)) {
      if (operand === undefined) continue;
      check(!operand.disposed, `the op disposed its input ${name}; inputs belong to the caller`);
      if (!large)
        checkSame(await download(backend, operand), inputs[name] as HostOperand, `input ${name} after the op`);
    }
    await checkGuards();
  });
  checkMemory(backend, before, []);
}

/** Fails unless both are tensors, or both quantized, and equal in every bit. */
export function checkSame(got: HostOperand, wanted: HostOperand, what = "result"): void {
  if ("quantized" in wanted) {
    check("quantized" in got, `${what}: got a tensor, wanted codes and scales`);
    checkSameQuantized(got, wanted, what);
  } else {
    check(!("quantized" in got), `${what}: got codes and scales, wanted a tensor`);
    checkSameTensor(got, wanted, what);
  }
}

/** Fails unless the handle says the truth about what it stands for. */
function checkHandle(backend: Backend, tensor: Operand, host: HostOperand): void {
  const { shape, dtype } = "quantized" in host ? { shape: host.quantized.shape, dtype: undefined } : host;
  check(tensor.backend === backend, "the result's backend is not the one that made it");
  check(!tensor.disposed, "the result is disposed");
  check(
    equalShapes(tensor.shape, shape) && (tensor as Tensor).dtype === dtype,
    `result: got ${(tensor as Tensor).dtype ?? "codes"} ${formatShape(tensor.shape)}, wanted ${dtype ?? "codes"} ${formatShape(shape)}`,
  );
  if ("quantized" in host && "granularity" in tensor) {
    check(
      equalGranularities(tensor.granularity, host.granularity) && tensor.bits === host.bits,
      `result: got ${JSON.stringify(tensor.granularity)} at ${tensor.bits} bits, wanted ${JSON.stringify(host.granularity)} at ${host.bits}`,
    );
  }
  const bytes = partSizes(host).reduce((sum, size) => sum + size, 0);
  check(tensor.byteLength === bytes, `the result's byteLength is ${tensor.byteLength}, wanted ${bytes}`);
}

function uploadAll<Hosts extends Readonly<Record<string, HostOperand | undefined>>>(
  backend: Backend,
  hosts: Hosts,
  keep: <Kept extends Operand>(tensor: Kept) => Kept,
): OperandsOf<Hosts> {
  const entries = Object.entries(hosts).map(([name, host]) => [name, host && keep(upload(backend, host))]);
  return Object.fromEntries(entries) as OperandsOf<Hosts>;
}
