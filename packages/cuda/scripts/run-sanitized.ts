/**
 * Runs this package's tests on the emulator with AddressSanitizer and UndefinedBehaviorSanitizer: the conformance suite in several orders
 * of threads with copies landing early and late, the golden vectors, wrong calls, worker threads. Arguments go to vitest.
 */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { planBuild } from "./build-plan.ts";

const { tools, leftOut } = planBuild(process.env, process.platform);
if (tools === undefined) {
  for (const { what, why } of leftOut) console.log(`octet: left out the tests of ${what} under sanitizers: ${why}`);
  process.exit(0);
}

const folder = join(dirname(fileURLToPath(import.meta.url)), "..");
const root = join(folder, "../..");
// Their runtimes must be in the process before anything else.
const runtimes = ["libasan.so", "libubsan.so"].map((library) =>
  spawnSync("g++", [`-print-file-name=${library}`], { encoding: "utf8" }).stdout.trim(),
);
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "--project", "source", folder, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      OCTET_CUDA: "sanitized",
      LD_PRELOAD: runtimes.join(" "),
      // Node keeps memory to its end, and fibers are stacks that the sanitizer did not make.
      ASAN_OPTIONS: "detect_leaks=0:detect_stack_use_after_return=0",
      UBSAN_OPTIONS: "print_stacktrace=1:halt_on_error=1",
    },
  },
);
process.exitCode = status ?? 1;
