import type { AnyOp, Backend } from "../backend/contract.ts";
import { DeviceBackend, type HostData } from "../backend/device-backend.ts";
import { mapInputs } from "../backend/inputs.ts";
import type { AnyKernel, KernelTable, Operand, StateOperand } from "../backend/kernels.ts";
import { copyHost } from "../tensors/copy-host.ts";
import { allocate } from "../tensors/dtype.ts";
import type { Form, TensorForm } from "../tensors/forms.ts";
import { HostTensor } from "../tensors/host-tensor.ts";
import { sizeOf } from "../tensors/shape.ts";

/** The memory of one handle. */
interface Storage {
  readonly form: Form;
  /** Whatever makes a tensor fills it in. Only states are changed in place, so that zeros are made for them alone, when first used. */
  host: HostData | undefined;
}

/** An op on its operands, ready to be computed. */
type Launch = () => void;

/**
 * Runs the definition of every op in plain TypeScript. The other backends are compared with it. It is small and readable, and never tuned. It runs
 * each op at the call, so that its errors are thrown there. Any op runs on it, since an op brings its own definition.
 */
export function createReferenceBackend(): Backend {
  return new ReferenceBackend();
}

class ReferenceBackend extends DeviceBackend<Storage, Launch> {
  constructor() {
    super({ name: "reference", device: "JavaScript engine", maxTensorBytes: 2 ** 32, features: [] }, definitions);
  }

  protected override allocate(form: Form): Storage {
    return { form, host: undefined };
  }

  protected override write(storage: Storage, host: HostData): void {
    storage.host = copyHost(host);
  }

  protected override async read(storage: Storage): Promise<HostData> {
    return copyHost(dataOf(storage));
  }

  protected override copy(from: Storage, to: Storage): void {
    to.host = copyHost(dataOf(from));
  }

  protected override release(storage: Storage): void {
    storage.host = undefined;
  }

  protected override launch(launch: Launch): undefined {
    launch();
  }

  protected override async wait(): Promise<void> {}

  protected override close(): void {}
}

function dataOf(storage: Storage): HostData {
  storage.host ??= zeros(storage.form as TensorForm);
  return storage.host;
}

function zeros({ dtype, shape }: TensorForm): HostTensor {
  return new HostTensor(dtype, shape, allocate(dtype, sizeOf(shape)));
}

/** The kernel of every op is its definition. */
const definitions: KernelTable<Launch> = {
  has: () => true,
  find: (op) => kernelOf(op),
};

function kernelOf(op: AnyOp): AnyKernel<Launch> {
  return (inputs: object, params: object, output: Operand<Form, Storage> | undefined) => () => {
    const result = op.compute(mapInputs(inputs, hostOf), params) as HostData | undefined;
    if (output !== undefined) output.storage.host = result;
  };
}

/** What an op's definition takes. */
function hostOf(operand: Operand<Form, Storage> | StateOperand<Storage>): unknown {
  if ("storage" in operand) return dataOf(operand.storage);
  const { form, rows, length } = operand;
  return { ...form, rows: rows.map(dataOf), length: dataOf(length) };
}
