import {
  activation,
  advance,
  type Backend,
  createReferenceBackend,
  type HostTensor,
  hostTensor,
  linear,
  type Program,
  positions,
  quantize,
  quantizeRows,
  readRows,
  type State,
  type Tensor,
  writeRows,
} from "@octet/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ways } from "./support/backends.ts";
import { values } from "./support/values.ts";

type Floats = Tensor<"float32">;
type Inputs = { readonly x: Floats; readonly state: State };
type Results = { readonly y: Tensor; readonly rows: Tensor; readonly at: Tensor; readonly codes: unknown };

const k = 70;
const stateForm = { capacity: 64, chunk: 3, slots: [{ name: "rows", dtype: "float32", shape: [k], keep: 5 }] } as const;
const perRow = { granularity: { kind: "channel", dim: 0 } } as const;

/** Two layers with everything that leaves temporaries or findings, around a state. */
function recordOn(backend: Backend, m: number, state: State): Program<Inputs, Results> {
  const weight = quantize(backend.upload(values(1, [k, k], "float32")), perRow);
  const bias = backend.upload(values(2, [k], "float16"));
  return backend.record(
    ({ x, state }) => {
      using wide = linear(x, weight, { activations: "int8", bias }) as Floats;
      using bent = activation(wide, "relu") as Floats;
      writeRows(state, "rows", bent);
      advance(state, m);
      using floats = linear(bent, weight, { bias }) as Floats;
      using codes = quantizeRows(x, { activations: "int16" });
      void floats;
      return {
        y: linear(codes, weight, { bias }),
        rows: readRows(state, "rows", 5),
        at: positions(state, 1),
        codes: quantizeRows(x, { activations: "int8" }),
      };
    },
    { x: backend.upload(values(3, [m, k], "float32")), state },
  );
}

/** The downloads of a run's results, or its error. */
async function outcomeOf(backend: Backend, run: () => object): Promise<unknown> {
  try {
    const results = Object.values(run()) as Tensor[];
    return await Promise.all(results.map((result) => backend.download(result)));
  } catch (error) {
    return error;
  }
}

describe.each(ways)("recorded programs, %s", (_name, create) => {
  let backend: Backend;
  let reference: Backend;
  beforeEach(async () => {
    backend = await create();
    reference = createReferenceBackend();
  });
  afterEach(() => backend.dispose());

  it.each([1, 3])("of %i rows give the reference's bytes, run by run, also when runs are not waited for", async (m) => {
    const runs = await Promise.all(
      [backend, reference].map((on) => {
        const state = on.state(stateForm);
        const program = recordOn(on, m, state);
        return Promise.all(
          Array.from({ length: 8 }, (_, run) => {
            const x = on.upload(values(100 + run, [m, k], "float32"));
            const outcome = outcomeOf(on, () => program.run({ x, state }));
            x.dispose();
            return outcome;
          }),
        );
      }),
    );
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0][7]).toHaveLength(4);
  });

  it("say of each run which element was not finite, in whichever order they are read", async () => {
    const weight = quantize(backend.upload(values(1, [k, k], "float32")), perRow);
    const program = backend.record(
      ({ x }) => {
        using y = linear(x, weight, { activations: "int8" });
        using bent = activation(y, "relu");
        return [quantizeRows(bent, { activations: "int16" })];
      },
      { x: backend.upload(values(3, [3, k], "float32")) },
    );
    const withNaN = (...at: number[]): HostTensor<"float32"> => {
      const x = values(9, [3, k], "float32");
      for (const index of at) x.data[index] = Number.NaN;
      return x;
    };
    const inputs = [withNaN(5), withNaN(), withNaN(100, 101), withNaN(), withNaN(209)];
    const outcomes = await Promise.all(
      inputs.map((host) => outcomeOf(backend, () => program.run({ x: backend.upload(host) }))),
    );
    const said = outcomes.map((outcome) => (outcome instanceof Error ? outcome.message.split(";")[0] : "fine"));
    expect(said[0]).toBe("1 element is not finite: element 5 is a NaN or infinity");
    expect(said[2]).toBe("2 elements are not finite, the first: element 100 is a NaN or infinity");
    expect(said[4]).toBe("1 element is not finite: element 209 is a NaN or infinity");
    expect([said[1], said[3]]).toEqual(["fine", "fine"]);
  });

  it("set the length back when a run fails, and go on from there", async () => {
    const state = backend.state(stateForm);
    const program = recordOn(backend, 1, state);
    const good = backend.upload(values(3, [1, k], "float32"));
    const bad = backend.upload(hostTensor("float32", [1, k], new Float32Array(k).fill(Number.POSITIVE_INFINITY)));
    await outcomeOf(backend, () => program.run({ x: good, state }));
    const before = await backend.download(state);
    expect(await outcomeOf(backend, () => program.run({ x: bad, state }))).toMatchObject({ code: "ERR_NON_FINITE" });
    expect(state.length).toBe(1);
    expect(await backend.download(state)).toEqual(before);
    await outcomeOf(backend, () => program.run({ x: good, state }));
    expect([...(await backend.download(positions(state, 1))).data]).toEqual([2]);
  });

  it("take quantized tensors and codes of rows as inputs", async () => {
    const results = await Promise.all(
      [backend, reference].map(async (on) => {
        const make = (seed: number) => ({
          weight: quantize(on.upload(values(seed, [9, k], "float32")), { granularity: { kind: "tensor" } }),
          codes: quantizeRows(on.upload(values(seed + 1, [3, k], "float32")), { activations: "int8" }),
        });
        const program = on.record(({ weight, codes }) => linear(codes, weight), make(1));
        return Promise.all([5, 6].map((seed) => on.download(program.run(make(seed)))));
      }),
    );
    expect(results[0]).toEqual(results[1]);
  });
});
