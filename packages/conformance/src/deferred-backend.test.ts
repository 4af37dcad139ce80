import { expect, test } from "vitest";
import { createDeferredBackend } from "../self-test/deferred-backend.ts";
import { runConformance } from "./run.ts";

test("a backend that runs its ops later passes every case, as the reference does", async () => {
  const { results } = await runConformance(createDeferredBackend, { filter: ({ family }) => family !== "large" });
  expect(results.filter(({ status }) => status !== "passed")).toEqual([]);
});
