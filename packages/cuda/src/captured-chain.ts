import {
  type Backend,
  disposeSymbol,
  equalShapes,
  type FloatDType,
  formatShape,
  isQuantizedTensor,
  OctetError,
  type Tensor,
  validateOwned,
} from "@octet/core";
import type { NativeDevice, NativeGraph } from "./addon.ts";
import type { CapturedRecords } from "./captured-records.ts";
import type { DeviceTensor, LiveTensors, Owned } from "./device-tensor.ts";
import type { FaultLedger } from "./fault-ledger.ts";
import { type Finding, type Findings, newFinding, noFindings } from "./finding.ts";
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
  readonly records: CapturedRecords;
  /** Stands for what the argument depends on. */
  readonly argument: Finding;
  /** What the result depends on, with `argument` and findings of `records` in the place of those of a run. */
  readonly findings: Findings;
}

/** Records what `chain` does to a tensor of the form of `example`. */
export function capture(
  host: CaptureHost,
  example: DeviceTensor<FloatDType>,
  chain: (x: Tensor<FloatDType>) => Tensor<FloatDType>,
): CapturedChain {
  const { device, ledger, live } = host;
  if (ledger.capturing) {
    throw new OctetError("ERR_UNSUPPORTED", "a chain is being captured already; capture this one before or after it");
  }
  const { dtype, shape, byteLength } = example;
  const argument = newFinding(noFindings);
  const input = callNative(() => live.keep({ dtype, shape, data: device.allocate(byteLength) }, [argument]));
  const before = new Set<Owned>(live.all());
  const isMade = (tensor: Owned): boolean => live.has(tensor) && !before.has(tensor);
  let recorded: Recorded | undefined;
  try {
    recorded = record(host, () => chain(input));
    const { graph, records } = recorded;
    const result = recorded.result as DeviceTensor<FloatDType>;
    if (!isMade(result) || isQuantizedTensor(result)) {
      throw new OctetError(
        "ERR_UNSUPPORTED",
        "the captured chain did not return a tensor that it made; return the result of its last op",
      );
    }
    const { findings } = result;
    const kept = { input: live.takeOver(input), output: live.takeOver(result) };
    before.add(kept.input).add(kept.output);
    return new Chain(host, { graph, ...kept, records, argument, findings });
  } catch (error) {
    recorded?.graph.free();
    recorded?.records.free();
    input.dispose();
    throw error;
  } finally {
    // Tensors that the chain made hold nothing outside of the graph, which keeps their memory.
    for (const tensor of live.all()) if (isMade(tensor)) tensor.dispose();
  }
}

interface Recorded {
  readonly graph: NativeGraph;
  readonly records: CapturedRecords;
  readonly result: unknown;
}

/** Keeps the ops that `calls` calls, instead of running them. */
function record({ device, ledger }: CaptureHost, calls: () => unknown): Recorded {
  callNative(() => device.beginCapture());
  const records = ledger.beginCapture();
  try {
    const result = calls();
    return { graph: callNative(() => device.endCapture()), records, result };
  } catch (error) {
    device.abandonCapture();
    records.free();
    throw error;
  } finally {
    ledger.endCapture();
  }
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
    const { graph, input, output, records, argument, findings: inside } = this.#recording;
    validateOwned(backend, x, "the input of the captured chain");
    if (this.#disposed) throw new OctetError("ERR_DISPOSED", "the captured chain is disposed; capture it again");
    if (ledger.capturing) {
      throw new OctetError("ERR_UNSUPPORTED", "a captured chain cannot run while another one is captured");
    }
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
        const { data, findings } = x as DeviceTensor<FloatDType>;
        device.copy(input.data, data);
        graph.launch();
        device.copy(result, output.data);
        const { dtype, shape } = output;
        return live.keep({ dtype, shape, data: result }, ledger.adopt(records, argument, findings)(inside));
      } catch (error) {
        result.free();
        throw error;
      }
    });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const { graph, input, output, records } = this.#recording;
    graph.free();
    records.free();
    input.dispose();
    output.dispose();
  }

  [disposeSymbol](): void {
    this.dispose();
  }
}
