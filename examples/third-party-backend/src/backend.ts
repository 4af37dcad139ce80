import {
  activationOp,
  type Backend,
  dequantizeOp,
  type Granularity,
  type HostQuantizedTensor,
  type HostTensor,
  hostTensor,
  linearOp,
  quantizeOp,
} from "@octet/core";
import {
  copyHost,
  DeviceBackend,
  type HostData,
  Kernels,
  type LaunchCall,
  linearGeometry,
  type Operand,
} from "@octet/core/backend";
import { dequantizeRows, multiplyCodes, multiplyFloats, quantizeRows } from "./kernels.ts";

/** Float32 activations, weights of 8 bits per output channel, and nothing else. */
export function createTinyBackend(): Backend {
  return new TinyBackend();
}

// What `octet conformance --backend ./backend.ts` looks for.
export default createTinyBackend;

/** The memory of one handle. A device would keep a buffer here. */
interface TinyMemory {
  host: HostData | undefined;
}

/** An op on its operands, ready to run. A device would keep a pipeline and its arguments. */
type TinyLaunch = () => HostData;

class TinyBackend extends DeviceBackend<TinyMemory, TinyLaunch> {
  constructor() {
    super({ name: "tiny", device: "one JavaScript thread", maxTensorBytes: 2 ** 30, features: [] }, kernels);
  }

  protected override allocate(): TinyMemory {
    return { host: undefined };
  }

  protected override write(memory: TinyMemory, host: HostData): void {
    memory.host = copyHost(host);
  }

  protected override async read({ host }: TinyMemory): Promise<HostData> {
    return copyHost(host as HostData);
  }

  protected override copy(from: TinyMemory, to: TinyMemory): void {
    to.host = copyHost(from.host as HostData);
  }

  protected override release(memory: TinyMemory): void {
    memory.host = undefined;
  }

  // Ops run at their call, so their errors are thrown here, and there is never anything to wait for.
  protected override launch(launch: TinyLaunch, { output }: LaunchCall<TinyMemory>): undefined {
    (output as TinyMemory).host = launch();
  }

  protected override async wait(): Promise<void> {}

  protected override close(): void {}
}

const kernels = new Kernels<TinyMemory, TinyLaunch>()
  .add(
    quantizeOp,
    ({ x }, { granularity, bits }) =>
      () => {
        const { shape } = x.form;
        const { codes, scales } = quantizeRows(floatsOf(x), shape[0], -128);
        return {
          quantized: hostTensor("int8", shape, codes),
          scale: hostTensor("float32", [shape[0]], scales),
          granularity,
          bits,
        };
      },
    ({ x }, { granularity, bits }) => x.dtype === "float32" && perRow(granularity) && bits === 8,
  )
  .add(
    dequantizeOp,
    ({ tensor }) =>
      () => {
        const { quantized, scale } = codesOf(tensor);
        return hostTensor("float32", quantized.shape, dequantizeRows(quantized.data, scale.data));
      },
    ({ tensor: { granularity, bits } }, { dtype }) => perRow(granularity) && bits === 8 && dtype === "float32",
  )
  .add(
    linearOp,
    ({ x, weight, bias }, params, output) => {
      const { m, n, k, activations } = linearGeometry(x.form, weight.form, bias?.form, params);
      const multiply = activations === "float" ? multiplyFloats : multiplyCodes;
      return () => {
        const { quantized, scale } = codesOf(weight);
        const product = { m, n, k, codes: quantized.data, scales: scale.data, bias: bias && floatsOf(bias) };
        return hostTensor("float32", output.form.shape, multiply(floatsOf(x), product));
      };
    },
    ({ x, weight, bias }, { activations, dtype }) =>
      "dtype" in x &&
      [x.dtype, dtype, bias?.dtype ?? dtype].every((type) => type === "float32") &&
      activations !== "int16" &&
      "granularity" in weight &&
      perRow(weight.granularity) &&
      weight.bits === 8,
  )
  .add(
    activationOp,
    ({ x }) =>
      () =>
        hostTensor(
          "float32",
          x.form.shape,
          floatsOf(x).map((value) => Math.max(value, 0)),
        ),
    ({ x }, { kind }) => x.dtype === "float32" && kind === "relu",
  );

function perRow(granularity: Granularity): boolean {
  return granularity.kind === "channel" && granularity.dim === 0;
}

function floatsOf({ storage }: Operand<object, TinyMemory>): Float32Array {
  return (storage.host as HostTensor<"float32">).data;
}

function codesOf({ storage }: Operand<object, TinyMemory>): HostQuantizedTensor {
  return storage.host as HostQuantizedTensor;
}
