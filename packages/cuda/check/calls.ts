import {
  activation,
  advance,
  type Backend,
  type FloatDType,
  float32ToFloat16,
  linear,
  type QuantizedTensor,
  quantize,
  quantizeRows,
  type Tensor,
  writeRows,
} from "@octet/core";
import { createCUDABackend } from "@octet/cuda";
import type { Platform } from "../src/load-addon.ts";
import type { PartOutcome } from "./part.ts";

/** Microseconds of one call from JavaScript: until it returns, and until its work is done, in a row of many. */
export interface CallCost {
  readonly name: string;
  readonly returned: number;
  readonly done: number;
}

const batches = 15;

/** What a call costs when the kernel behind it costs next to nothing, alone and in a program. */
export async function measureCalls(platform: Platform): Promise<PartOutcome> {
  const backend = await createCUDABackend({ emulated: platform === "emulated" });
  const calls = platform === "emulated" ? 8 : 2000;
  const depth = 8;
  try {
    const small = makeLayer(backend, 256);
    const large = makeLayer(backend, platform === "emulated" ? 256 : 4096);
    const { x, weight } = small;
    using program = backend.record((inputs: Pick<Layer, "x">) => chainOf(inputs.x, weight, depth), { x });
    using codes = quantizeRows(x, { activations: "int8" });
    const state = backend.state({ capacity: 16, slots: [{ name: "rows", dtype: "float16", shape: [256] }] });
    const costs = [
      await time(backend, "linear 1 x 256 x 256", calls, () => linear(x, weight).dispose()),
      await time(backend, "linear 1 x 256 x 256, int8", calls, () =>
        linear(x, weight, { activations: "int8" }).dispose(),
      ),
      await time(backend, "linear 1 x 256 x 256, int8 codes", calls, () => linear(codes, weight).dispose()),
      await time(backend, "activation of 256", calls, () => activation(x, "silu").dispose()),
      await time(backend, "a row of 256 into a state", calls, () => {
        if (state.length === state.capacity) state.reset();
        writeRows(state, "rows", x);
        advance(state, 1);
      }),
      await time(backend, `${depth} linears, one by one`, calls / 8, () => chainOf(x, weight, depth).dispose()),
      await time(backend, `${depth} linears, recorded`, calls / 8, () => program.run({ x }).dispose()),
      await time(backend, "linear 1 x 4096 x 4096", calls / 4, () => linear(large.x, large.weight).dispose()),
      await timeRoundTrip(backend, "linear 1 x 256 x 256 and download", calls / 8, small),
    ];
    for (const { name, returned, done } of costs) {
      console.log(`  ${name.padEnd(36)} returns in ${returned.toFixed(1)} us, done in ${done.toFixed(1)} us`);
    }
    return { status: "passed", summary: `${costs.length} costs measured`, details: costs };
  } finally {
    backend.dispose();
  }
}

interface Layer {
  readonly x: Tensor<FloatDType>;
  readonly weight: QuantizedTensor;
}

function makeLayer(backend: Backend, size: number): Layer {
  const data = Uint16Array.from({ length: size * size }, (_, i) => float32ToFloat16(Math.sin(i) / 64));
  using weights = backend.upload({ dtype: "float16", shape: [size, size], data });
  const x = backend.upload({ dtype: "float16", shape: [1, size], data: data.slice(0, size) });
  return { x, weight: quantize(weights, { granularity: { kind: "channel", dim: 0 } }) };
}

function chainOf(x: Tensor<FloatDType>, weight: QuantizedTensor, depth: number): Tensor<FloatDType> {
  let y = linear(x, weight);
  for (let i = 1; i < depth; i++) {
    const next = linear(y, weight);
    y.dispose();
    y = next;
  }
  return y;
}

async function time(backend: Backend, name: string, calls: number, call: () => void): Promise<CallCost> {
  const [returned, done]: [number[], number[]] = [[], []];
  for (let batch = -1; batch < batches; batch++) {
    await backend.sync();
    const start = performance.now();
    for (let i = 0; i < calls; i++) call();
    const enqueued = performance.now();
    await backend.sync();
    if (batch < 0) continue;
    returned.push(((enqueued - start) * 1000) / calls);
    done.push(((performance.now() - start) * 1000) / calls);
  }
  return { name, returned: median(returned), done: median(done) };
}

async function timeRoundTrip(backend: Backend, name: string, calls: number, { x, weight }: Layer): Promise<CallCost> {
  const [returned, done]: [number[], number[]] = [[], []];
  for (let i = 0; i < calls * batches; i++) {
    const start = performance.now();
    const y = linear(x, weight);
    const download = backend.download(y);
    returned.push((performance.now() - start) * 1000);
    await download;
    done.push((performance.now() - start) * 1000);
    y.dispose();
  }
  return { name, returned: median(returned), done: median(done) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
