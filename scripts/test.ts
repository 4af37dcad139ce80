/**
 * Everything that `pnpm test` promises, in two steps: turbo builds the workspace and checks it (lint, layers, types, publint), then
 * one vitest runs every project on the sources, on the build and on the packed tarballs. Its closing line is the last one. The
 * first step shows every failure it finds before it stops the run; the exit status is that of the step that failed.
 *
 * `pnpm test` leaves out the tests that are tagged "full", since they take long and rarely break. `pnpm test:full` runs them too, and
 * CUDA's kernels once more under the compiler's sanitizers. Other arguments go to vitest: `pnpm test packages/core`.
 */
import { spawnSync } from "node:child_process";

interface Step {
  readonly title: string;
  readonly command: readonly [string, ...string[]];
}

const sanitizers: Step = {
  title: "Kernels under AddressSanitizer and UndefinedBehaviorSanitizer",
  command: ["pnpm", "--filter", "@octet/cuda", "test:sanitized"],
};
const full = process.argv[2] === "--full";
const args = process.argv.slice(full ? 3 : 2);

const steps: readonly Step[] = [
  {
    title: "Build, lint, types, packages",
    command: [
      "turbo",
      ...["run", "build", "lint", "typecheck", "typecheck:root", "lint:package"],
      ...["--continue=dependencies-successful", "--output-logs=errors-only", "--log-order=grouped", "--ui=stream"],
    ],
  },
  { title: "Tests", command: ["vitest", "run", ...(full ? [] : ["--tagsFilter=!full"]), ...args] },
  ...(full ? [sanitizers] : []),
];

/** Exit status of the step; 1 where it could not start or was ended by a signal. */
function runStep({ title, command: [program, ...args] }: Step): number {
  console.log(`\n== ${title}: ${[program, ...args].join(" ")}`);
  const env = { ...process.env, DO_NOT_TRACK: "1", TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };
  const { status, signal, error } = spawnSync(program, args, { stdio: "inherit", env });
  if (status !== 0) {
    const reason = error?.message ?? (signal === null ? `exit status ${status}` : `ended by ${signal}`);
    console.error(`\noctet: "${title}" failed: ${reason}`);
  }
  return status ?? 1;
}

for (const step of steps) {
  const status = runStep(step);
  if (status !== 0) process.exit(status);
}
