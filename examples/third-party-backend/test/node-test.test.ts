import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { formatSummary, runConformance } from "@octet/conformance";
import { expect, test } from "vitest";
import { createTinyBackend } from "../src/backend.ts";

test("node:test runs the same cases, and shows what is not supported as skipped", async () => {
  const filter = ({ family }: { family: string }) => family !== "large";
  const { passed, failed, skipped } = await runConformance(createTinyBackend, { filter });
  expect(failed, formatSummary({ passed, failed, skipped })).toBe(0);
  // A run of node:test inside of another one reports to that one instead of printing.
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const file = fileURLToPath(new URL("../src/conformance.node.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=octet-source", "--test", "--test-reporter=tap", file],
    { env, maxBuffer: 2 ** 26 },
  );
  expect(stdout).toContain(`# pass ${passed + 1}\n`); // and one that disposes the backend
  expect(stdout).toContain(`# skipped ${skipped}\n`);
  expect(stdout).toContain("# fail 0\n");
});
