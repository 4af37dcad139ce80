import {
  activation,
  activationOp,
  advance,
  type Backend,
  createReferenceBackend,
  hostTensor,
  linear,
  linearOp,
  type Program,
  positions,
  quantize,
  type State,
  type Tensor,
} from "@octet/core";
import type { Form, HostData } from "@octet/core/backend";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDeferredBackend, DeferredBackend } from "./support/deferred-backend.ts";
import { errorCode, rejectionCode } from "./support/error-code.ts";

const vector = hostTensor("float32", [2], Float32Array.of(1, -2));

for (const [name, create] of Object.entries({ reference: createReferenceBackend, deferred: createDeferredBackend })) {
  describe(`the ${name} backend`, () => {
    let backend: Backend;
    let x: Tensor<"float32">;
    beforeEach(() => {
      backend = create();
      x = backend.upload(vector);
    });
    afterEach(() => backend.dispose());

    /** `record` for callers whom no compiler tells. */
    const record = (steps: (inputs: never) => unknown, inputs: object): Program<object, unknown> =>
      backend.record(steps as never, inputs);

    it("refuses what only looks like a handle", async () => {
      for (const fake of [{ backend }, { ...x }, { backend, dtype: "float32", shape: [2] }]) {
        expect(errorCode(() => activation(fake as never, "relu"))).toBe("ERR_FOREIGN_TENSOR");
        expect(await rejectionCode(backend.download(fake as never))).toBe("ERR_FOREIGN_TENSOR");
      }
    });

    it("records inputs that are arrays", async () => {
      const y = backend.upload(hostTensor("float32", [2], Float32Array.of(-3, 4)));
      using program = backend.record(
        ({ xs }: { readonly xs: readonly Tensor<"float32">[] }) => xs.map((each) => activation(each, "relu")),
        { xs: [x, x] },
      );
      const results = program.run({ xs: [x, y] });
      expect([...(await backend.download(results[0])).data]).toEqual([1, 0]);
      expect([...(await backend.download(results[1])).data]).toEqual([0, 4]);
      expect(errorCode(() => program.run({ xs: [x] }))).toBe("ERR_FOREIGN_TENSOR");
    });

    it("refuses asynchronous steps, and results with gaps", async () => {
      const steps = async () => backend.sync();
      expect(errorCode(() => record(steps, { x }))).toBe("ERR_UNSUPPORTED");
      // biome-ignore lint/suspicious/noSparseArray: what is tested
      expect(errorCode(() => record(({ x }) => [, activation(x, "relu")], { x }))).toBe("ERR_FOREIGN_TENSOR");
      await new Promise((resolve) => setTimeout(resolve)); // a rejection that nothing handles would fail the run
    });

    it("is not disposed by steps that are recorded", async () => {
      expect(errorCode(() => record(() => backend.dispose(), { x }))).toBe("ERR_UNSUPPORTED");
      expect(backend.memory().tensors).toBe(1);
      expect(await backend.download(x)).toEqual(vector);
    });

    it("refuses slots that are no objects", () => {
      for (const slots of [[null], [5], new Array(1)]) {
        expect(errorCode(() => backend.state({ slots, capacity: 2 } as never))).toBe("ERR_SHAPE");
        expect(errorCode(() => backend.upload({ slots, capacity: 2, length: 0, rows: [] } as never))).toBe("ERR_SHAPE");
      }
    });

    it("does not support shapes that no tensor has", () => {
      const tensor = (...shape: number[]) => ({ dtype: "float32", shape }) as const;
      expect(backend.supports(activationOp, { x: tensor(2) }, { kind: "relu" })).toBe(true);
      for (const extent of [-2, 2.5, Number.NaN, 2 ** 60]) {
        expect(backend.supports(activationOp, { x: tensor(extent) }, { kind: "relu" })).toBe(false);
        expect(backend.supports(linearOp, { x: tensor(extent, 2), weight: tensor(2, 2) }, {})).toBe(false);
      }
    });
  });
}

it("does not advise to leave out options that are needed", () => {
  expect(() => quantize(vector, undefined as never)).toThrow(/with any of granularity, bits$/);
  expect(() => linear(vector, vector, null as never)).toThrow(/or leave it out$/);
});

/** A device that refuses, at once, to copy the results of a program. */
class NoCopies extends DeferredBackend {
  refusing = false;

  protected override copy(...args: [never, never, Form?, HostData?]): undefined {
    if (this.refusing) throw new Error("no copies");
    super.copy(args[0], args[1]);
  }
}

it("a run whose results cannot be copied leaves its states where they were", async () => {
  using backend = new NoCopies();
  const state: State = backend.state({ capacity: 4, slots: [{ name: "rows", dtype: "float32", shape: [1] }] });
  using program = backend.record(
    ({ state }) => {
      advance(state, 1);
      return positions(state, 1);
    },
    { state },
  );
  backend.refusing = true;
  expect(() => program.run({ state })).toThrow("no copies");
  expect(state.length).toBe(0);
  using next = positions(state, 1);
  expect([...(await backend.download(next)).data]).toEqual([0]);
});
