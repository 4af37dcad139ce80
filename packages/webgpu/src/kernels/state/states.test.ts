import {
  advance,
  type Backend,
  bytesPerElement,
  createReferenceBackend,
  type DType,
  type HostTensor,
  hostTensor,
  isFloatDType,
  narrow,
  OctetError,
  positions,
  readRows,
  type State,
  type StateForm,
  sizeOf,
  writeRows,
} from "@octet/core";
import { allocate } from "@octet/core/backend";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WebGPUBackend } from "../../backend.ts";
import { createBackend } from "../../create-backend.ts";

/** Rows of a dtype whose elements tell one from the other; those of floats are finite. */
function rowsOf(dtype: DType, shape: readonly number[], seed: number): HostTensor {
  const size = sizeOf(shape);
  if (isFloatDType(dtype)) {
    const values = Float32Array.from({ length: size }, (_, i) => ((seed * 131 + i * 17) % 251) - 125);
    return hostTensor(dtype, shape, narrow(values, dtype));
  }
  const data = allocate(dtype, size);
  const bytes = new Uint8Array(data.buffer);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (seed * 131 + i * 17 + 7) % 256;
  return hostTensor(dtype, shape, data);
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "nothing",
    (error: unknown) => (OctetError.isInstance(error) ? error.message : String(error)),
  );

/** Writes, reads and cuts a state in ways that go round its rings, and gives what comes out. */
async function useState(backend: Backend, form: StateForm): Promise<unknown[]> {
  const seen: unknown[] = [];
  const see = async (of: State) => {
    for (const { name, keep = form.capacity } of form.slots) {
      for (const count of [0, 1, 2, keep]) {
        using rows = readRows(of, name, count);
        seen.push(await backend.download(rows));
      }
    }
    using next = positions(of, 2);
    seen.push(await backend.download(next), await backend.download(of));
  };
  let seed = 0;
  const append = (to: State, count: number) => {
    for (const { name, dtype, shape } of form.slots) {
      using x = backend.upload(rowsOf(dtype, [count, ...shape], seed++));
      writeRows(to, name, x);
    }
    advance(to, count);
  };
  using state = backend.state(form);
  await see(state);
  for (const count of [1, 3, 0, 2, 3]) append(state, count);
  await see(state);
  using copy = state.copy();
  append(copy, 2);
  state.truncate(8);
  append(state, 3);
  await see(state);
  await see(copy);
  using again = backend.upload(await backend.download(state));
  append(again, 2);
  await see(again);
  again.reset();
  append(again, 1);
  await see(again);
  return seen;
}

const dtypes = Object.keys(bytesPerElement) as readonly DType[];
const widths = [[1], [3], [4], [2, 5], [17]];

describe.each([
  ["whole", undefined],
  ["bound in parts of 68 bytes", 68],
])("states, %s", (_name, maxRangeBytes) => {
  let backend: WebGPUBackend;
  beforeAll(async () => {
    backend = await createBackend({}, { maxRangeBytes });
  });
  afterAll(() => backend.dispose());

  it.each(dtypes)("of %s are those of the reference", async (dtype) => {
    const slots = widths.flatMap((shape, index) => [
      { name: `all ${index}`, dtype, shape },
      { name: `ring ${index}`, dtype, shape, keep: 3 + (index % 2) },
    ]);
    const form = { capacity: 16, chunk: 3, slots };
    const before = backend.memory();
    const got = await useState(backend, form);
    expect(got).toEqual(await useState(createReferenceBackend(), form));
    expect(backend.memory()).toEqual(before);
    await backend.sync();
  });

  it.each(["float32", "float16", "bfloat16"] as const)("name the element of %s that is not finite", async (dtype) => {
    for (const [bad, width] of [
      [Number.NaN, 3],
      [Number.POSITIVE_INFINITY, 4],
      [Number.NEGATIVE_INFINITY, 7],
    ]) {
      using state = backend.state({ capacity: 8, slots: [{ name: "rows", dtype, shape: [width] }] });
      const values = new Float32Array(3 * width).fill(1);
      // The first of a row lies where the row before may be padded.
      values[width] = bad;
      values[3 * width - 1] = bad;
      using x = backend.upload(hostTensor(dtype, [3, width], narrow(values, dtype)));
      using good = backend.upload(hostTensor(dtype, [1, width], narrow(values.subarray(0, width), dtype)));
      writeRows(state, "rows", good);
      advance(state, 1);
      writeRows(state, "rows", x);
      advance(state, 3);
      using late = readRows(state, "rows", 2);
      expect(await failure(backend.download(late))).toMatch(new RegExp(`^2 elements.*element ${width} `));
      expect(state.length).toBe(1);
      using at = positions(state, 1);
      expect([...(await backend.download(at)).data]).toEqual([1]);
      expect(await failure(backend.sync())).toBe("nothing");
    }
  });
});
