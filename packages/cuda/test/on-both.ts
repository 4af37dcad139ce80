import { type Backend, createReferenceBackend } from "@octet/core";
import { createCUDABackend, type EmulatorOptions } from "@octet/cuda";

/** Three orders of threads, with copies that land early and late: each hides what another one brings out. */
export const threadOrders: readonly EmulatorOptions[] = [
  { seed: 0, copies: "late" },
  { seed: 7, copies: "early" },
  { seed: 12345, copies: "late" },
];

/** What `act` gives on the kernels, and what it gives on the reference. */
export async function onBoth<Result>(
  emulated: EmulatorOptions,
  act: (backend: Backend) => Promise<Result>,
): Promise<{ readonly got: Result; readonly wanted: Result }> {
  using reference = createReferenceBackend();
  using cuda = await createCUDABackend({ emulated });
  return { wanted: await act(reference), got: await act(cuda) };
}
