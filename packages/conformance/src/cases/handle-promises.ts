import { disposeSymbol, type HostTensor } from "@octet/core";
import type { ConformanceContext } from "../case.ts";
import { checkSame, checkSameTensor } from "../checks/compare.ts";
import { check } from "../checks/failure.ts";
import { keepTensors } from "../checks/keep-tensors.ts";
import { checkMemory } from "../checks/memory.ts";
import { byteLengthOf, download, type HostOperand, partsOf, upload } from "../checks/operands.ts";
import { plainMatrix } from "./plain-data.ts";

/** Promises about handles of every kind, each on samples of some kinds. */
type Promised = (samples: () => HostOperand[]) => (context: ConformanceContext) => Promise<void>;

export const memoryCounts: Promised =
  (samples) =>
  async ({ backend }) => {
    const before = backend.memory();
    await keepTensors(async (keep) => {
      const alive: { readonly byteLength: number; dispose(): void }[] = [];
      for (const host of samples()) {
        const handle = keep(upload(backend, host));
        const bytes = byteLengthOf(host);
        check(handle.byteLength === bytes, `the byteLength of a new handle is ${handle.byteLength}, wanted ${bytes}`);
        alive.push(handle);
        checkMemory(backend, before, alive);
      }
      while (alive.length > 0) {
        alive.shift()?.dispose();
        checkMemory(backend, before, alive);
      }
    });
  };

export const disposeTwice: Promised =
  (samples) =>
  async ({ backend }) => {
    const before = backend.memory().tensors;
    await keepTensors(async (keep) => {
      const other = keep(backend.upload(plainMatrix()));
      for (const host of samples()) {
        const handle = upload(backend, host);
        check(!handle.disposed, "a new handle says that it is disposed");
        handle.dispose();
        check(handle.disposed, "a disposed handle says that it is not");
        handle.dispose();
        check(backend.memory().tensors === before + 1, "disposing a handle twice counts it twice in memory()");
      }
      checkSameTensor(await backend.download(other), plainMatrix(), "another tensor");
    });
  };

export const disposeByUsing: Promised =
  (samples) =>
  async ({ backend }) => {
    const before = backend.memory();
    for (const host of samples()) {
      const handle = upload(backend, host);
      handle[disposeSymbol]();
      check(handle.disposed, "[Symbol.dispose] did not dispose the handle");
    }
    checkMemory(backend, before, []);
  };

export const backendDisposes: Promised =
  (samples) =>
  async ({ backend }) => {
    const handles = samples().map((host) => upload(backend, host));
    backend.dispose();
    check(backend.disposed, "a disposed backend says that it is not");
    for (const [index, handle] of handles.entries()) {
      check(handle.disposed, `handle ${index} of ${handles.length} outlived its backend`);
    }
    const { tensors: count, bytes } = backend.memory();
    check(
      count === 0 && bytes === 0,
      `memory() of a disposed backend: got ${count} tensors of ${bytes} bytes, wanted none`,
    );
  };

export const disposeWhileDownloading: Promised =
  (samples) =>
  async ({ backend }) => {
    for (const host of samples()) {
      const handle = upload(backend, host);
      const data = download(backend, handle);
      handle.dispose();
      upload(backend, host).dispose();
      checkSame(await data, host, "a download that began before dispose");
    }
  };

export const uploadCopies: Promised =
  (samples) =>
  async ({ backend }) => {
    await keepTensors(async (keep) => {
      for (const host of samples()) {
        const wanted = structuredClone(host);
        const handle = keep(upload(backend, host));
        scramble(host);
        checkSame(await download(backend, handle), wanted, "what was uploaded, its host array changed afterwards");
      }
    });
  };

export const downloadIsFresh: Promised =
  (samples) =>
  async ({ backend }) => {
    await keepTensors(async (keep) => {
      for (const host of samples()) {
        const handle = keep(upload(backend, host));
        const first = await download(backend, handle);
        scramble(first);
        checkSame(await download(backend, handle), host, "a handle whose first download was changed");
      }
    });
  };

function scramble(host: HostOperand): void {
  for (const { data } of partsOf(host) as readonly HostTensor[]) data.fill(85);
}
