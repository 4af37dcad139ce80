import { advance, positions } from "@octet/core";
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
