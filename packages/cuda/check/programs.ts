import {
  activation,
  advance,
  type Backend,
  createReferenceBackend,
  type FloatDType,
  type HostTensor,
  hostTensor,
  linear,
  narrow,
  OctetError,
  type Program,
  positions,
  type QuantizedTensor,
  quantize,
  quantizeRows,
  readRows,
  type State,
  type Tensor,
  writeRows,
} from "@octet/core";
import { createCUDABackend } from "@octet/cuda";
import type { Platform } from "../src/load-addon.ts";
import type { PartOutcome } from "./part.ts";

interface Inputs {
  readonly x: Tensor<FloatDType>;
  readonly state: State;
}

interface Results {
  readonly at: Tensor<"int32">;
  readonly y: Tensor<FloatDType>;
  readonly rows: Tensor;
}

/** How the steps of a state are taken: by runs of a recorded program, or op by op. */
type Way = "recorded" | "op by op";

const steps = 40;
/** This one gets a NaN, which undoes it. */
const badStep = 17;
const keep = 5;

/**
 * Two exact layers and a ring of rows, step after step: each result of a program's runs must be, bit for bit, that of its ops one by one,
 * on the device and on the reference.
 */
export async function checkPrograms(platform: Platform): Promise<PartOutcome> {
  const size = platform === "emulated" ? 48 : 1024;
  using cuda = await createCUDABackend({ emulated: platform === "emulated" });
  using reference = createReferenceBackend();
  const wanted = await walk(reference, size, "op by op");
  const wrong: string[] = [];
  for (const [what, got] of [
    ["op by op", await walk(cuda, size, "op by op")],
    ["recorded", await walk(cuda, size, "recorded")],
  ] as const) {
    const different = got.findIndex((text, step) => text !== wanted[step]);
    if (different >= 0) wrong.push(`${what}: step ${different} is not that of the reference`);
  }
  return {
    status: wrong.length === 0 ? "passed" : "failed",
    summary: wrong.length === 0 ? `${steps} steps, recorded and op by op, equal to the reference` : wrong.join("; "),
  };
}

/** What each step gave, as text. */
async function walk(backend: Backend, size: number, way: Way): Promise<string[]> {
  const weights = [1, 2].map((seed) => weightOf(backend, size, seed)) as [QuantizedTensor, QuantizedTensor];
  const state = backend.state({
    capacity: steps,
    chunk: 2,
    slots: [{ name: "rows", dtype: "float16", shape: [size], keep }],
  });
  const take = (inputs: Inputs): Results => takeStep(inputs, weights);
  using example = backend.upload(rowOf(size, 0));
  using program = backend.record(take, { x: example, state });
  const texts: string[] = [];
  for (let step = 0; step < steps; step++) {
    using x = backend.upload(rowOf(size, step));
    texts.push(await resultOf(backend, way === "recorded" ? program : { run: take }, { x, state }));
  }
  texts.push(textOf((await backend.download(state)).rows));
  return texts;
}

function takeStep({ x, state }: Inputs, [first, second]: readonly [QuantizedTensor, QuantizedTensor]): Results {
  using codes = quantizeRows(x, { activations: "int16" });
  using hidden = linear(codes, first, { dtype: "float16" });
  using active = activation(hidden, "relu");
  const y = linear(active, second, { activations: "int8" });
  const at = positions(state, 1);
  writeRows(state, "rows", y);
  advance(state, 1);
  return { at, y, rows: readRows(state, "rows", keep) };
}

async function resultOf(
  backend: Backend,
  steps: Pick<Program<Inputs, Results>, "run">,
  inputs: Inputs,
): Promise<string> {
  try {
    const results = steps.run(inputs);
    using at = results.at;
    using y = results.y;
    using rows = results.rows;
    return textOf(await Promise.all([backend.download(at), backend.download(y), backend.download(rows)]));
  } catch (error) {
    if (!OctetError.isInstance(error)) throw error;
    return `${error.code}, back at ${inputs.state.length}`;
  }
}

function textOf(tensors: readonly HostTensor[]): string {
  return tensors.map(({ dtype, shape, data }) => `${dtype} ${shape.join("x")} ${data.join(" ")}`).join("\n");
}

function weightOf(backend: Backend, size: number, seed: number): QuantizedTensor {
  const values = Float32Array.from({ length: size * size }, (_, i) => Math.sin(i * seed + seed) / size);
  using floats = backend.upload(hostTensor("float32", [size, size], values));
  return quantize(floats, { granularity: { kind: "channel", dim: 0 } });
}

function rowOf(size: number, step: number): HostTensor<FloatDType> {
  const values = Float32Array.from({ length: size }, (_, i) => Math.cos(i * 3 + step));
  if (step === badStep) values[size >> 1] = Number.NaN;
  return hostTensor("float16", [1, size], narrow(values, "float16"));
}
