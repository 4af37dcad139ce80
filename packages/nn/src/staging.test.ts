import { createReferenceBackend } from "@octet/core";
import { expect, test } from "vitest";
import { FloatParameter } from "./float-parameter.ts";
import { Staging } from "./staging.ts";

const host = { dtype: "float32" as const, shape: [1], data: new Float32Array(1) };

test("what is not committed is disposed", () => {
  using backend = createReferenceBackend();
  using parameter = new FloatParameter([1], { backend });
  {
    using staging = new Staging();
    staging.add(parameter, backend.upload(host));
  }
  expect(parameter.loaded).toBe(false);
  expect(backend.memory().tensors).toBe(0);
});

test("a commit replaces and disposes the old values", () => {
  using backend = createReferenceBackend();
  using parameter = new FloatParameter([1], { backend });
  parameter.set(backend.upload(host));
  const before = parameter.tensor;
  {
    using staging = new Staging();
    staging.add(parameter, backend.upload(host));
    staging.commit();
  }
  expect(before.disposed).toBe(true);
  expect(parameter.tensor.disposed).toBe(false);
  expect(backend.memory().tensors).toBe(1);
});

test("one disposed parameter stops the whole commit", () => {
  using backend = createReferenceBackend();
  using alive = new FloatParameter([1], { backend });
  const gone = new FloatParameter([1], { backend });
  gone.dispose();
  {
    using staging = new Staging();
    staging.add(alive, backend.upload(host));
    staging.add(gone, backend.upload(host));
    expect(() => staging.commit()).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
  }
  expect(alive.loaded).toBe(false);
  expect(backend.memory().tensors).toBe(0);
});
