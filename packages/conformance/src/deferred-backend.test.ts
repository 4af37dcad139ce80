import { expect, test } from "vitest";
import { HostBackend } from "../self-test/host-backend.ts";
import { runConformance } from "./run.ts";

test("a backend that runs its ops later passes every case, as the reference does", async () => {
  const { results } = await runConformance(() => new HostBackend(undefined, true), {
    filter: ({ family }) => family !== "large",
  });
  expect(results.filter(({ status }) => status !== "passed")).toEqual([]);
});
