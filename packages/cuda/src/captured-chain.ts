import {
  type Backend,
  disposeSymbol,
  equalShapes,
  type FloatDType,
  formatShape,
  OctetError,
  type Tensor,
  validateOwned,
} from "@octet/core";
import type { NativeDevice, NativeGraph } from "./addon.ts";
import type { DeviceTensor, LiveTensors, Owned } from "./device-tensor.ts";
import type { Fault, FaultLedger } from "./fault-ledger.ts";
import { callNative } from "./native-error.ts";

/** A chain of ops that runs again with one launch. */
export interface CapturedChain extends Disposable {
  readonly disposed: boolean;
  /**
   * Runs the chain on x, which has the dtype and shape of the example. The caller owns the result.
   * @throws OctetError `ERR_SHAPE`, `ERR_DTYPE`, `ERR_DISPOSED`
   */
  run(x: Tensor<FloatDType>): Tensor<FloatDType>;
  /** Gives the graph and its memory back. Harmless the second time. */
  dispose(): void;
}

/** The insides of a backend that a capture needs. */
export interface CaptureHost {
  readonly backend: Backend;
  readonly device: NativeDevice;
  readonly ledger: FaultLedger;
  readonly live: LiveTensors;
}

/** What a chain was captured as: the memory that each run reads from and writes to. */
interface Recording {
  readonly graph: NativeGraph;
  readonly input: DeviceTensor<FloatDType>;
  readonly output: DeviceTensor<FloatDType>;
  /** Records of the ops in the graph. */
  readonly own: readonly Fault[];
  /** What the result depends on besides: faults of weights. */
  readonly inherited: ReadonlySet<Fault>;
}

/** Records what `chain` does to a tensor of the form of `example`. */
export function capture(
  host: CaptureHost,
  example: DeviceTensor<FloatDType>,
  chain: (x: Tensor<FloatDType>) => Tensor<FloatDType>,
): CapturedChain {
  const { device, ledger, live } = host;
  const input = callNative(() =>
    live.keep(
      { dtype: example.dtype, shape: example.shape, data: device.allocate(example.byteLength) },
      new Set<Fault>(),
    ),
  );
  const before = new Set<Owned>(live.all());
  callNative(() => {
    ledger.beginCapture();
    device.beginCapture();
  });
  let output: DeviceTensor<FloatDType> | undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    output = chain(input) as DeviceTensor<FloatDType>;
  } catch (error) {
    failure = { error };
  }
  const own = ledger.endCapture();
  const graph = callNative(() => device.endCapture());
  const made = output !== undefined && live.has(output) && !before.has(output) && "dtype" in output;
  // Tensors that the chain made hold nothing outside of the graph, which keeps their memory.
  for (const tensor of live.all()) if (!before.has(tensor) && !(made && tensor === output)) tensor.dispose();
  if (failure || !made || output === undefined) {
    graph.free();
    input.dispose();
    if (failure) throw failure.error;
    throw new OctetError(
      "ERR_UNSUPPORTED",
      "the captured chain did not return a tensor that it made; return the result of its last op",
    );
  }
  const inherited = new Set([...output.faults].filter((fault) => !own.includes(fault)));
  return new Chain(host, { graph, input, output, own, inherited });
}

class Chain implements CapturedChain {
  readonly #host: CaptureHost;
  readonly #recording: Recording;
  #disposed = false;

  constructor(host: CaptureHost, recording: Recording) {
    this.#host = host;
    this.#recording = recording;
  }

  get disposed(): boolean {
    return this.#disposed || this.#host.backend.disposed;
  }

  run(x: Tensor<FloatDType>): Tensor<FloatDType> {
    const { backend, device, ledger, live } = this.#host;
    const { graph, input, output, own, inherited } = this.#recording;
    validateOwned(backend, x, "the input of the captured chain");
    if (this.#disposed) throw new OctetError("ERR_DISPOSED", "the captured chain is disposed; capture it again");
    if (x.dtype !== input.dtype) {
      throw new OctetError("ERR_DTYPE", `got ${x.dtype}; this chain was captured for ${input.dtype}`);
    }
    if (!equalShapes(x.shape, input.shape)) {
      throw new OctetError(
        "ERR_SHAPE",
        `got ${formatShape(x.shape)}; this chain was captured for ${formatShape(input.shape)}`,
      );
    }
    return callNative(() => {
      const result = device.allocate(output.byteLength);
      try {
        const { data, faults } = x as DeviceTensor<FloatDType>;
        const renewed = ledger.renew(own);
        device.copy(input.data, data);
        graph.launch();
        device.copy(result, output.data);
        const { dtype, shape } = output;
        return live.keep({ dtype, shape, data: result }, new Set([...faults, ...inherited, ...renewed]));
      } catch (error) {
        result.free();
        throw error;
      }
    });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const { graph, input, output } = this.#recording;
    graph.free();
    input.dispose();
    output.dispose();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}
