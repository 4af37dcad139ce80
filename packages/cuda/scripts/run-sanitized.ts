/** Runs the conformance suite and the golden vectors on the emulator with sanitizers, whose runtime must be in the process first. */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = join(dirname(fileURLToPath(import.meta.url)), "../..");
const runtimes = ["libasan.so", "libubsan.so"].map((library) =>
  spawnSync("g++", [`-print-file-name=${library}`], { encoding: "utf8" }).stdout.trim(),
);
const golden = join(packages, "conformance/fixtures/contract.json");
const command = [join(packages, "cli/dist/bin.js"), "conformance", "--backend", "cuda", "--golden", golden];
const { status } = spawnSync(process.execPath, command, {
  stdio: "inherit",
  env: {
    ...process.env,
    OCTET_CUDA: "sanitized",
    LD_PRELOAD: runtimes.join(" "),
    // Node keeps memory to its end, and fibers are stacks that the sanitizer did not make.
    ASAN_OPTIONS: "detect_leaks=0:detect_stack_use_after_return=0",
    UBSAN_OPTIONS: "print_stacktrace=1:halt_on_error=1",
  },
});
process.exitCode = status ?? 1;
