/**
 * Builds the addon: `build/emulated` with a C++ compiler, `build/cuda` where nvcc is found too. What cannot be built here is said and
 * left out; what can be built and fails, fails.
 *
 * OCTET_CUDA_ARCHITECTURES chooses what nvcc makes: "release" for every architecture that is shipped, or a list as CMake takes it.
 * Default: 90, since each architecture adds half a minute. OCTET_CUDA_SANITIZE=1 builds the emulated addon once more, with
 * AddressSanitizer and UndefinedBehaviorSanitizer. OCTET_CUDA_BUILD=none builds nothing.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { planBuild } from "./build-plan.ts";
import { readKernelReport } from "./kernel-report.ts";
import { makeOldGlibc } from "./old-glibc.ts";
import { releaseArchitectures } from "./supported-systems.ts";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..");
const cmakeJs = join(folder, "node_modules/cmake-js/bin/cmake-js");

const wanted = process.env.OCTET_CUDA_ARCHITECTURES ?? "90-real";
const architectures = wanted === "release" ? releaseArchitectures() : wanted;

/** Runs cmake-js: first with what this run wants, since a folder that is configured already would stay as it is. */
function build(out: string, options: readonly string[]): void {
  for (const command of ["configure", "build"]) {
    const args = [cmakeJs, command, "--out", join(folder, "build", out), "--log-level", "error", ...options];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) {
      console.error(stdout + stderr);
      throw new Error(`build/${out} was not made; the compiler's words are above`);
    }
  }
  console.log(`octet-cuda: built build/${out}`);
}

/** Keeps what ptxas said of each kernel, for the tests and the check of a release. */
function saveKernelReport(): void {
  const uses = readKernelReport(join(folder, "build/cuda"), folder);
  writeFileSync(join(folder, "build/cuda/kernels.json"), `${JSON.stringify(uses, null, 1)}\n`);
}

/** The binary package is the addon with code for every architecture, once it has passed the check of a release. */
function fillPackage(): void {
  const built = join(folder, "build/cuda/Release/octet_cuda.node");
  const check = [join(folder, "scripts/check-addon.ts"), built];
  const { status } = spawnSync(process.execPath, check, { stdio: "inherit" });
  if (status !== 0) throw new Error("the addon is not fit for release; the reasons are above");
  const target = join(folder, "../cuda-linux-x64/dist");
  mkdirSync(target, { recursive: true });
  copyFileSync(built, join(target, "octet_cuda.node"));
}

const { tools, leftOut } = planBuild(process.env, process.platform);
if (tools !== undefined) {
  const { compiler, nvcc } = tools;
  const glibc = join(folder, "build/glibc");
  const link = makeOldGlibc(glibc, compiler) ? [`--CDOCTET_GLIBC=${glibc}`] : [];
  const options = [...link, "--parallel", process.env.OCTET_CUDA_JOBS ?? "2"];
  build("emulated", ["--CDOCTET_PLATFORM=emulated", ...options]);
  if (process.env.OCTET_CUDA_SANITIZE === "1") build("sanitized", ["--CDOCTET_SANITIZE=ON", ...options]);
  if (nvcc !== undefined) {
    const compile = [
      `--CDCMAKE_CUDA_ARCHITECTURES=${architectures}`,
      `--CDCMAKE_CUDA_COMPILER=${nvcc}`,
      `--CDCMAKE_CUDA_COMPILER_LAUNCHER=${join(folder, "scripts/keep-words.sh")}`,
    ];
    build("cuda", ["--CDOCTET_PLATFORM=cuda", ...compile, ...options]);
    saveKernelReport();
    if (wanted === "release") fillPackage();
  }
}
for (const { what, why } of leftOut) console.log(`octet-cuda: left out ${what}: ${why}`);
