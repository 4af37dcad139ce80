import { advance, hostTensor, linear, positions, quantizeWeightPerChannel } from "@octet/core";
import { expect, it, vi } from "vitest";
import { createWasmBackend } from "../create-backend.ts";
import { InlineRunner } from "./inline-runner.ts";
import { PoolRunner } from "./pool-runner.ts";

it.each([1, 2])("a run of a recorded program is one call of what runs launches, with %i threads", async (threads) => {
  using backend = await createWasmBackend({ threads });
  const state = backend.state({ capacity: 4, slots: [{ name: "rows", dtype: "int8", shape: [1] }] });
  const program = backend.record(
    ({ state }) => {
      for (let i = 0; i < 3; i++) {
        positions(state, 1).dispose();
        advance(state, 1);
      }
    },
    { state },
  );
  const { prototype } = threads === 1 ? InlineRunner : PoolRunner;
  const submit = vi.spyOn(prototype as InlineRunner, "submit");
  program.run({ state });
  expect(submit.mock.calls.map(([launches]) => launches.length)).toEqual([6]);
  submit.mockRestore();
});

it("temporaries without bytes have the address 0 in a program as they have in a call, with 2 threads", async () => {
  using backend = await createWasmBackend({ threads: 2 });
  // A row more than one, so that gemm runs, which keeps no transposed row.
  const host = hostTensor("float32", [3, 17], new Float32Array(51).fill(1));
  const x = backend.upload(host);
  const weight = backend.upload(
    quantizeWeightPerChannel(hostTensor("float32", [6, 17], new Float32Array(102).fill(1))),
  );
  const program = backend.record(({ x }) => linear(x, weight), { x });
  const submit = vi.spyOn(PoolRunner.prototype, "submit");
  linear(x, weight);
  program.run({ x });
  const [[called], , [recorded]] = submit.mock.calls;
  submit.mockRestore();
  const zeros = (launches: typeof called) => launches.map(({ words }) => words.map((word) => word === 0));
  expect(zeros(recorded)).toEqual(zeros(called));
});
