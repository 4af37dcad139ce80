import { activation, activationOp } from "@octet/core";
import { createCUDABackend } from "@octet/cuda";
import { describe, expect, test } from "vitest";
import { emulatorMissing } from "./emulator.ts";

const host = { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, -2, 3, -4, 5, -6) } as const;

describe.skipIf(emulatorMissing)("a backend", () => {
  test("may end while downloads are on their way, and twice", async () => {
    const backend = await createCUDABackend({ emulated: true });
    const x = backend.upload(host);
    const y = activation(x, "relu");
    const waits = [backend.download(x), backend.download(y), backend.sync()];
    backend.dispose();
    backend.dispose();
    y.dispose();
    for (const wait of await Promise.allSettled(waits)) {
      if (wait.status === "rejected") expect(wait.reason).toMatchObject({ code: "ERR_DISPOSED" });
    }
    await expect(backend.download(x)).rejects.toMatchObject({ code: "ERR_DISPOSED" });
    expect(() => backend.upload(host)).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
  });

  test("refuses tensors of another one on the same device", async () => {
    using backend = await createCUDABackend({ emulated: true });
    using other = await createCUDABackend({ emulated: true });
    const foreign = other.upload(host);
    expect(() => backend.run(activationOp, { x: foreign }, { kind: "relu" })).toThrow(
      expect.objectContaining({ code: "ERR_FOREIGN_TENSOR" }),
    );
    await expect(backend.download(foreign)).rejects.toMatchObject({ code: "ERR_FOREIGN_TENSOR" });
  });

  test("ends without harm to a program that is still there", async () => {
    const backend = await createCUDABackend({ emulated: true });
    const x = backend.upload(host);
    const program = backend.record((inputs) => activation(inputs.x, "relu"), { x });
    backend.dispose();
    expect(() => program.run({ x })).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
    program.dispose();
    program.dispose();
  });
});
