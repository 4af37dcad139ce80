import { activation, hostTensor, type State } from "@octet/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDeferredBackend, type DeferredBackend } from "../../test/support/deferred-backend.ts";
import { rejectionCode } from "../../test/support/error-code.ts";
import { positions } from "../ops/state/positions.ts";

const vector = hostTensor("float32", [2], Float32Array.of(1, -2));

describe("what a device refuses late", () => {
  let backend: DeferredBackend;
  beforeEach(() => {
    backend = createDeferredBackend();
  });
  afterEach(() => backend.dispose());

  const newState = (): State => backend.state({ capacity: 4, slots: [{ name: "rows", dtype: "float32", shape: [2] }] });

  it("of an upload reaches the downloads that depend on it", async () => {
    backend.refuses = "write";
    const x = backend.upload(vector);
    expect(await rejectionCode(backend.download(activation(x, "relu")))).toBe("ERR_OUT_OF_MEMORY");
    expect(await rejectionCode(backend.download(x))).toBe("ERR_OUT_OF_MEMORY");
    expect(await rejectionCode(backend.sync())).toBe(undefined);
  });

  it("of an upload reaches sync where no download reported it", async () => {
    backend.refuses = "write";
    backend.upload(vector).dispose();
    expect(await rejectionCode(backend.sync())).toBe("ERR_OUT_OF_MEMORY");
    expect(await rejectionCode(backend.sync())).toBe(undefined);
  });

  it("of a state's first length reaches what is read of it", async () => {
    backend.refuses = "write";
    const state = newState();
    expect(await rejectionCode(backend.download(positions(state, 1)))).toBe("ERR_OUT_OF_MEMORY");
  });

  it("of the copy of a state reaches the copy alone", async () => {
    const state = newState();
    backend.refuses = "copy";
    const copy = state.copy();
    expect(await rejectionCode(backend.download(copy))).toBe("ERR_OUT_OF_MEMORY");
    expect(await rejectionCode(backend.download(positions(state, 1)))).toBe(undefined);
  });

  it("of an input of a program reaches its results", async () => {
    const x = backend.upload(vector);
    using program = backend.record(({ x }) => activation(x, "relu"), { x });
    backend.refuses = "copy";
    expect(await rejectionCode(backend.download(program.run({ x })))).toBe("ERR_OUT_OF_MEMORY");
    expect([...(await backend.download(program.run({ x }))).data]).toEqual([1, 0]);
  });

  it("is waited for where a read does not have it", async () => {
    backend.refuses = "write";
    const x = backend.upload(vector);
    backend.readsAlone = true;
    expect(await rejectionCode(backend.download(x))).toBe("ERR_OUT_OF_MEMORY");
  });
});
