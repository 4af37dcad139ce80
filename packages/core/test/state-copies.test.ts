import { advance, hostTensor, positions, type State, writeRows } from "@octet/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createDeferredBackend, type DeferredBackend } from "./support/deferred-backend.ts";
import { rejectionCode } from "./support/error-code.ts";

let backend: DeferredBackend;
beforeEach(() => {
  backend = createDeferredBackend();
});
afterEach(() => backend.dispose());

const newState = (): State => backend.state({ capacity: 8, slots: [{ name: "rows", dtype: "float32", shape: [1] }] });

const append = (to: State, value: number) => {
  using x = backend.upload(hostTensor("float32", [1, 1], Float32Array.of(value)));
  writeRows(to, "rows", x);
  advance(to, 1);
};

const rowsOf = async (state: State) => [...(await backend.download(state)).rows[0].data];

it("a copy made before an error was known goes back as its original does", async () => {
  const state = newState();
  append(state, 1);
  append(state, Number.NaN);
  const copy = state.copy();
  append(copy, 3);
  expect(await rejectionCode(backend.download(copy))).toBe("ERR_NON_FINITE");
  for (const each of [state, copy]) {
    expect(each.length).toBe(1);
    append(each, 4);
    expect(await rowsOf(each)).toEqual([1, 4]);
  }
});

it("a cut of the original leaves its copy alone, also where both go back", async () => {
  const state = newState();
  append(state, 1);
  append(state, Number.NaN);
  const copy = state.copy();
  state.reset();
  await rejectionCode(backend.sync());
  expect([state.length, copy.length]).toEqual([0, 1]);
  expect(await rowsOf(copy)).toEqual([1]);
});

it("a copy whose memory was refused stays refused, whatever is done to it", async () => {
  const state = newState();
  append(state, 1);
  backend.refuses = "copy";
  const copy = state.copy();
  append(copy, 2);
  expect(await rejectionCode(backend.download(copy))).toBe("ERR_OUT_OF_MEMORY");
  expect(await rejectionCode(backend.download(copy))).toBe("ERR_OUT_OF_MEMORY");
  expect(await rejectionCode(backend.download(positions(copy, 1)))).toBe("ERR_OUT_OF_MEMORY");
  expect(await rowsOf(state)).toEqual([1]);
});
