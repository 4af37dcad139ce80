import { createReferenceBackend } from "@octet/core";
import { describe, expect, it, test } from "vitest";
import { activationCall } from "./calls.ts";
import type { ConformanceCase } from "./case.ts";
import { ConformanceFailure } from "./checks/failure.ts";
import { registerConformance, type TestContext } from "./register.ts";

type Body = (context: TestContext) => Promise<void>;

/** A runner that only writes down what it is given. */
function recordingRunner() {
  const path: string[] = [];
  const tests = new Map<string, Body>();
  return {
    tests,
    describe(name: string, body: () => void) {
      path.push(name);
      body();
      path.pop();
    },
    it(name: string, body: Body) {
      tests.set([...path, name].join(" > "), body);
    },
  };
}

const base: ConformanceCase = { id: "", family: "quantize", needs: [], catches: [], run: async () => undefined };
const cases: ConformanceCase[] = [
  { ...base, id: "quantize/passing" },
  {
    ...base,
    id: "errors/failing",
    family: "errors",
    run: async () => {
      throw new ConformanceFailure("got 1, wanted 2");
    },
  },
  { ...base, id: "quantize/unsupported", needs: [activationCall("float32", [1], "tanh" as never)] },
];
const context = (notes: string[] = []): TestContext => ({ skip: (note = "") => notes.push(note) });

test("each case is a test in the group of its family; one more disposes the backend", () => {
  const runner = recordingRunner();
  registerConformance(runner, "mine", createReferenceBackend, { cases });
  expect([...runner.tests.keys()]).toEqual([
    "mine > quantize > quantize/passing",
    "mine > quantize > quantize/unsupported",
    "mine > errors > errors/failing",
    "mine > disposes its backend",
  ]);
});

test("a failing case throws, an unsupported one skips with the op as the note", async () => {
  const runner = recordingRunner();
  let started = 0;
  registerConformance(
    runner,
    "mine",
    () => {
      started++;
      return createReferenceBackend();
    },
    { cases },
  );
  const [passing, unsupported, failing, dispose] = runner.tests.values();
  expect(started).toBe(0); // registering starts nothing
  await passing(context());
  const notes: string[] = [];
  await unsupported(context(notes));
  expect(notes).toEqual([expect.stringContaining('"tanh"')]);
  await expect(failing(context())).rejects.toThrow("got 1, wanted 2");
  await dispose(context());
  expect(started).toBe(1);
});

test("a filter leaves cases out", () => {
  const runner = recordingRunner();
  registerConformance(runner, "mine", createReferenceBackend, { cases, filter: ({ family }) => family === "errors" });
  expect([...runner.tests.keys()]).toEqual(["mine > errors > errors/failing", "mine > disposes its backend"]);
});

registerConformance({ describe, it }, "the reference backend under vitest", createReferenceBackend, {
  filter: ({ family }) => family === "ownership",
});
