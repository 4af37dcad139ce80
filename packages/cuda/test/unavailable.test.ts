import { OctetError } from "@octet/core";
import { createCUDABackend } from "@octet/cuda";
import { expect, test } from "vitest";
import { emulatorMissing } from "./emulator.ts";

test("starts on a GPU, or says why it does not", async () => {
  try {
    using backend = await createCUDABackend({ emulated: false });
    expect(backend.info.name).toBe("cuda");
    expect(backend.info.features).not.toContain("software");
  } catch (error) {
    expect(OctetError.isInstance(error) && error.code).toBe("ERR_UNAVAILABLE");
    // Without the addon: where it was looked for. With it: the versions found.
    expect((error as Error).message).toMatch(/cuda-linux-x64|driver/);
  }
});

test.skipIf(emulatorMissing)("refuses a device that is not there", async () => {
  for (const device of [1, -1, 0.5, Number.NaN]) {
    await expect(createCUDABackend({ emulated: true, device })).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
  }
});

test.skipIf(emulatorMissing)("says that the emulator is software", async () => {
  using backend = await createCUDABackend({ emulated: true });
  expect(backend.info).toMatchObject({ name: "cuda", device: "emulated", features: ["software"] });
});
