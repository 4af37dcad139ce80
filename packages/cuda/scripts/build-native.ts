/**
 * Builds the addon: `build/emulated` with a C++ compiler, `build/cuda` where nvcc is found too. What cannot be built here is said and
 * left out; what can be built and fails, fails.
 *
 * OCTET_CUDA_ARCHITECTURES chooses what nvcc makes: "release" for every architecture that is shipped, or a list as CMake takes it.
 * Default: 90, since each architecture adds half a minute. OCTET_CUDA_SANITIZE=1 builds the emulated addon once more, with
 * AddressSanitizer and UndefinedBehaviorSanitizer. OCTET_CUDA_BUILD=none builds nothing.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { mergeKernelReports, parseKernelReport } from "./kernel-report.ts";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..");
const cmakeJs = join(folder, "node_modules/cmake-js/bin/cmake-js");

/** Machine code for every GPU from Ampere on, and PTX for those to come. */
const releaseArchitectures = "80-real;86-real;89-real;90;100-real;120";
const wanted = process.env.OCTET_CUDA_ARCHITECTURES ?? "90-real";
const architectures = wanted === "release" ? releaseArchitectures : wanted;

function findProgram(...names: string[]): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((path) => join(path, name))).find((path) => existsSync(path));
}

/** Runs cmake-js and returns what the compilers said. */
function build(out: string, options: readonly string[]): string {
  const args = [cmakeJs, "compile", "--out", join(folder, "build", out), "--log-level", "error", ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) {
    console.error(stdout + stderr);
    throw new Error(`build/${out} was not made; the compiler's words are above`);
  }
  console.log(`octet-cuda: built build/${out}`);
  return stdout + stderr;
}

/** Keeps what ptxas said of each kernel, for the tests. */
function saveKernelReport(output: string): void {
  const path = join(folder, "build/cuda/kernels.json");
  const older = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
  writeFileSync(path, `${JSON.stringify(mergeKernelReports(older, parseKernelReport(output)), null, 1)}\n`);
}

/** The binary package is the addon with code for every architecture. */
function fillPackage(): void {
  const target = join(folder, "../cuda-linux-x64/dist");
  mkdirSync(target, { recursive: true });
  copyFileSync(join(folder, "build/cuda/Release/octet_cuda.node"), join(target, "octet_cuda.node"));
}

const leftOut = (what: string, why: string): void => console.log(`octet-cuda: left out ${what}: ${why}`);

const compiler = findProgram("g++", "c++", "clang++");
const cmake = findProgram("cmake");
const make = findProgram("make", "ninja");
const nvcc = findProgram("nvcc");

if (process.env.OCTET_CUDA_BUILD === "none") leftOut("the native addons", "OCTET_CUDA_BUILD is none");
else if (process.platform !== "linux") leftOut("the native addons", "they are for Linux");
else if (!compiler || !cmake || !make) {
  const missing = [!compiler && "a C++ compiler", !cmake && "cmake", !make && "make or ninja"].filter(Boolean);
  leftOut("the native addons", `${missing.join(", ")} not found in PATH`);
} else {
  const parallel = ["--parallel", process.env.OCTET_CUDA_JOBS ?? "2"];
  build("emulated", ["--CDOCTET_PLATFORM=emulated", ...parallel]);
  if (process.env.OCTET_CUDA_SANITIZE === "1") build("sanitized", ["--CDOCTET_SANITIZE=ON", ...parallel]);
  if (nvcc === undefined) leftOut("the addon for GPUs", "nvcc not found in PATH");
  else {
    const compile = [`--CDCMAKE_CUDA_ARCHITECTURES=${architectures}`, `--CDCMAKE_CUDA_COMPILER=${nvcc}`];
    saveKernelReport(build("cuda", ["--CDOCTET_PLATFORM=cuda", ...compile, ...parallel]));
    if (wanted === "release") fillPackage();
  }
}
