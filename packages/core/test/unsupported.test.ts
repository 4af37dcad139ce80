import { activationOp, hostTensor } from "@octet/core";
import { DeviceBackend, Kernels } from "@octet/core/backend";
import { expect, it } from "vitest";

/** Memory whose insides cannot be told, as those of devices may not. */
interface Storage {
  readonly self: unknown;
  readonly address: bigint;
}

/** A device that runs no op at all. */
class IdleBackend extends DeviceBackend<Storage, never> {
  constructor() {
    super({ name: "idle", device: "test", maxTensorBytes: 2 ** 20, features: [] }, new Kernels<Storage, never>());
  }

  protected override allocate(): Storage {
    const storage = { address: 1n, self: undefined as unknown };
    storage.self = storage;
    return storage;
  }

  protected override write(): void {}
  protected override copy(): void {}
  protected override release(): void {}
  protected override close(): void {}
  protected override launch(): undefined {}
  protected override async wait(): Promise<void> {}
  protected override async read(): Promise<never> {
    throw new Error("nothing to read");
  }
}

it("the error of an unsupported op tells the forms of its inputs alone", () => {
  using backend = new IdleBackend();
  const x = backend.upload(hostTensor("float32", [2], new Float32Array(2)));
  expect(() => backend.run(activationOp, { x }, { kind: "relu" })).toThrow(
    'activation of {"x":{"dtype":"float32","shape":[2]},"kind":"relu"};',
  );
});
