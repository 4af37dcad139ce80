import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { planBuild } from "../scripts/build-plan.ts";

const script = fileURLToPath(new URL("../scripts/build-native.ts", import.meta.url));
const launcher = fileURLToPath(new URL("../scripts/keep-words.sh", import.meta.url));

describe("a build", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "octet-cuda-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const plan = (...programs: string[]): ReturnType<typeof planBuild> => {
    for (const program of programs) writeFileSync(join(folder, program), "");
    return planBuild({ PATH: `${join(folder, "nowhere")}::${folder}` }, "linux");
  };

  test("takes what it finds", () => {
    const tools = { compiler: join(folder, "g++"), nvcc: join(folder, "nvcc") };
    expect(plan("g++", "cmake", "ninja", "nvcc")).toEqual({ tools, leftOut: [] });
  });

  test("goes on without nvcc, and says so", () => {
    const { tools, leftOut } = plan("clang++", "cmake", "make");
    expect(tools).toEqual({ compiler: join(folder, "clang++"), nvcc: undefined });
    expect(leftOut).toEqual([{ what: "the addon for GPUs", why: "nvcc not found in PATH" }]);
  });

  test.each([
    [["cmake", "make", "nvcc"], "a C++ compiler not found in PATH"],
    [["g++", "nvcc"], "cmake, make or ninja not found in PATH"],
    [[], "a C++ compiler, cmake, make or ninja not found in PATH"],
  ])("of %j leaves the native parts out, and says why", (programs, why) => {
    expect(plan(...programs)).toEqual({ leftOut: [{ what: "the native addons", why }] });
  });

  test("is left out elsewhere, and where nobody wants it", () => {
    expect(planBuild(process.env, "darwin").leftOut[0]?.why).toMatch(/Linux/);
    expect(planBuild({ ...process.env, OCTET_CUDA_BUILD: "none" }, "linux").leftOut[0]?.why).toMatch(/none/);
  });

  test("ends well where there are no compilers", () => {
    const { status, stdout } = spawnSync(process.execPath, [script], { encoding: "utf8", env: { PATH: folder } });
    expect(stdout).toMatch(/left out the native addons: (they are for Linux|a C\+\+ compiler)/);
    expect(status).toBe(0);
  });

  test("leaves the sanitizers out, and says why, where there are no compilers", () => {
    const sanitized = fileURLToPath(new URL("../scripts/run-sanitized.ts", import.meta.url));
    const { status, stdout } = spawnSync(process.execPath, [sanitized], { encoding: "utf8", env: { PATH: folder } });
    expect(stdout).toMatch(
      /left out the tests of the native addons under sanitizers: (they are for Linux|a C\+\+ compiler)/,
    );
    expect(status).toBe(0);
  });

  test("keeps a compiler's words beside its object, and its status", () => {
    const compiler = join(folder, "compiler");
    writeFileSync(compiler, '#!/bin/sh\necho "of $*" >&2\nexit 3\n');
    chmodSync(compiler, 0o755);
    const object = join(folder, "a b.o");
    const { status, stderr } = spawnSync(launcher, [compiler, "-c", "a.cu", "-o", object], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 3, stderr: `of -c a.cu -o ${object}\n` });
    expect(spawnSync("cat", [`${object}.words`], { encoding: "utf8" }).stdout).toBe(stderr);
  });
});
