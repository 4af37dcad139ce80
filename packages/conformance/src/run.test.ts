import { type Backend, createReferenceBackend, OctetError, type OpCall } from "@octet/core";
import { expect, test } from "vitest";
import { activationCall } from "./calls.ts";
import type { ConformanceCase } from "./case.ts";
import { layerCalls } from "./cases/promise-case.ts";
import { ConformanceFailure } from "./checks/failure.ts";
import { runConformance } from "./run.ts";
import { formatSummary } from "./summary.ts";

function caseOf(id: string, run: ConformanceCase["run"], needs: readonly OpCall[] = []): ConformanceCase {
  return { id, family: "quantize", needs, catches: [], run };
}

const passing = caseOf("passing", async () => undefined);
const failing = caseOf("failing", async () => {
  throw new ConformanceFailure("got 1, wanted 2");
});
const optionalOp = activationCall("float16", [2, 3], "silu");

/** Counts what it starts, and supports only what `supports` says. */
function countingFactory(supports: Backend["supports"] = () => true) {
  const backends: Backend[] = [];
  const factory = () => {
    const backend = createReferenceBackend();
    Object.defineProperty(backend, "supports", { value: supports });
    backends.push(backend);
    return backend;
  };
  return { backends, factory };
}

test("cases share one backend, which is disposed in the end", async () => {
  const { backends, factory } = countingFactory();
  const summary = await runConformance(factory, { cases: [passing, { ...passing, id: "again" }] });
  expect(formatSummary(summary)).toBe("2 passed, 0 failed, 0 skipped");
  expect(backends.map(({ disposed }) => disposed)).toEqual([true]);
});

test("a failing case does not stop the run, and the next one gets another backend", async () => {
  const { backends, factory } = countingFactory();
  const { results, ...counts } = await runConformance(factory, { cases: [failing, passing] });
  expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(results[0]).toMatchObject({ id: "failing", family: "quantize", status: "failed", message: "got 1, wanted 2" });
  expect(backends).toHaveLength(2);
  expect(backends.every(({ disposed }) => disposed)).toBe(true);
});

test("after a case that disposed the backend the next one gets another", async () => {
  const { backends, factory } = countingFactory();
  const disposing = caseOf("disposing", async ({ backend }) => backend.dispose());
  const alive = caseOf("alive", async ({ backend }) => expect(backend.disposed).toBe(false));
  expect((await runConformance(factory, { cases: [disposing, alive] })).passed).toBe(2);
  expect(backends).toHaveLength(2);
});

test("a case that needs an op that is not supported is skipped, and does not run", async () => {
  const { factory } = countingFactory(() => false);
  const needing = { ...failing, needs: [optionalOp] };
  const { results, skipped } = await runConformance(factory, { cases: [needing] });
  expect(skipped).toBe(1);
  expect(results[0]).toMatchObject({ status: "unsupported", unsupported: optionalOp });
  expect(results[0].message).toContain('"silu"');
});

test("a case that needs only ops of the profile fails where one is not supported", async () => {
  const { factory } = countingFactory(() => false);
  const { results } = await runConformance(factory, { cases: [{ ...passing, needs: layerCalls }] });
  expect(results[0]).toMatchObject({ status: "failed", message: expect.stringContaining("profile layers requires") });
});

test("a case that never ends fails when its time is over", async () => {
  const { factory } = countingFactory();
  const hanging = caseOf("hanging", () => new Promise(() => undefined));
  const { results } = await runConformance(factory, { cases: [hanging, passing], timeout: 20 });
  expect(results.map(({ status }) => status)).toEqual(["failed", "passed"]);
  expect(results[0].message).toContain("20 ms");
});

test("results are reported one by one, and awaited", async () => {
  const seen: string[] = [];
  await runConformance(createReferenceBackend, {
    cases: [passing, failing],
    onResult: async ({ id, status }) => {
      await null;
      seen.push(`${id} ${status}`);
    },
  });
  expect(seen).toEqual(["passing passed", "failing failed"]);
});

test("a filter leaves cases out", async () => {
  const { results } = await runConformance(createReferenceBackend, {
    cases: [passing, failing],
    filter: ({ id }) => id !== "failing",
  });
  expect(results.map(({ id }) => id)).toEqual(["passing"]);
});

test("an aborted run rejects with the reason before the next case, and disposes its backend", async () => {
  const { backends, factory } = countingFactory();
  const controller = new AbortController();
  const run = runConformance(factory, {
    cases: [passing, failing],
    signal: controller.signal,
    onResult: () => controller.abort(new Error("enough")),
  });
  await expect(run).rejects.toThrow("enough");
  expect(backends[0].disposed).toBe(true);
});

test("a backend that does not start rejects the run", async () => {
  const factory = () => {
    throw new OctetError("ERR_UNAVAILABLE", "no device");
  };
  await expect(runConformance(factory, { cases: [passing] })).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
});

const changed = (change: object): Backend => Object.assign(createReferenceBackend(), change);

test.each([
  ["nothing", undefined, "lacks the methods supports, upload"],
  ["an empty object", {}, "lacks the methods supports, upload"],
  ["a backend without sync", changed({ sync: undefined }), "lacks the methods sync;"],
  ["a backend without info", changed({ info: undefined }), "apiVersion is undefined"],
  ["a backend of another contract", changed({ info: { name: "next", apiVersion: 3 } }), "apiVersion is 3"],
])("a factory that gives %s rejects the run, and that is disposed", async (_name, given, says) => {
  const rejection = { code: "ERR_UNAVAILABLE", message: expect.stringContaining(says) };
  await expect(runConformance(() => given as Backend, { cases: [passing] })).rejects.toMatchObject(rejection);
  if (given !== undefined && "disposed" in given) expect(given.disposed).toBe(true);
});

test("a backend that does not start again fails the cases that are left", async () => {
  let starts = 0;
  const factory = () => {
    if (starts++ > 0) throw new OctetError("ERR_DEVICE_LOST", "gone");
    return createReferenceBackend();
  };
  const { results } = await runConformance(factory, { cases: [failing, passing] });
  expect(results.map(({ status }) => status)).toEqual(["failed", "failed"]);
  expect(results[1].message).toContain("ERR_DEVICE_LOST");
});
