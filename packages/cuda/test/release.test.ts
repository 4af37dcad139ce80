import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { findAddonDefects, findCodeDefects } from "../scripts/addon-defects.ts";
import { readElf } from "../scripts/elf.ts";
import { chooseVersions } from "../scripts/old-glibc.ts";
import { compareVersions, machineCode, ptx, releaseArchitectures } from "../scripts/supported-systems.ts";
import { type TestSymbol, writeElf, writeFatBinary } from "./elf.ts";

const libc = "libc.so.6";
const memcpy: TestSymbol = { name: "memcpy", version: "GLIBC_2.14", library: libc };

test("versions are ordered by their numbers", () => {
  const versions = ["2.28", "2.2.5", "2.3", "2.3.4", "2.34", "2.4", "7.0.0"];
  expect(versions.sort(compareVersions)).toEqual(["2.2.5", "2.3", "2.3.4", "2.4", "2.28", "2.34", "7.0.0"]);
  expect(compareVersions("2.3", "2.3.0")).toBe(0);
});

describe("the reader of ELF files", () => {
  test("reads what is needed, imported and exported", () => {
    const { needed, imports, exports, section } = readElf(
      writeElf(
        [
          memcpy,
          { name: "cos", version: "GLIBC_2.2.5", library: "libm.so.6" },
          { name: "napi_wrap", library: "" },
          { name: "__gmon_start__", library: "", weak: true },
          { name: "napi_register_module_v1" },
        ],
        [libc, "libm.so.6"],
      ),
    );
    expect(needed).toEqual([libc, "libm.so.6"]);
    expect(imports).toMatchObject([
      memcpy,
      { name: "cos", version: "GLIBC_2.2.5", library: "libm.so.6", isWeak: false },
      { name: "napi_wrap", version: undefined },
      { name: "__gmon_start__", isWeak: true },
    ]);
    expect(exports).toMatchObject([{ name: "napi_register_module_v1", isDefault: true }]);
    expect(section(".dynsym")).toHaveLength(6 * 24);
    expect(section(".no")).toBeUndefined();
  });

  test("refuses other files", () => {
    expect(() => readElf(Buffer.from("#!/bin/sh\n"))).toThrow(/ELF/);
    expect(() => readElf(Buffer.alloc(0))).toThrow(/ELF/);
  });

  test.skipIf(process.platform !== "linux" || spawnSync("objdump", ["--version"]).error !== undefined)(
    "agrees with objdump about Node itself",
    () => {
      const { stdout } = spawnSync("objdump", ["-T", process.execPath], { encoding: "utf8", maxBuffer: 2 ** 28 });
      const lines = stdout.split("\n").filter((line) => line.includes("*UND*"));
      // objdump writes "*UND*<tab>size (VERSION) name"; a symbol without a version has "Base" or nothing there.
      const wanted = lines.map((line) => line.split("\t")[1]!.split(/\s+/).slice(1).join(" "));
      const got = readElf(readFileSync(process.execPath)).imports.map(({ name, version }) =>
        version === undefined ? name : `(${version}) ${name}`,
      );
      expect(got.length).toBeGreaterThan(100);
      expect(got.sort()).toEqual(wanted.map((text) => text.replace(/^Base /, "").trim()).sort());
    },
  );
});

test("of each symbol the newest version that glibc 2.28 had is chosen", () => {
  const versions = ["2.2.5", "2.14", "2.29", "2.34"];
  const symbols = versions.map((version) => ({
    ...{ name: "f", version: `GLIBC_${version}`, library: undefined },
    ...{ isDefault: version === "2.34", isWeak: false, isObject: false },
  }));
  const later = { ...symbols[0]!, name: "g", version: "GLIBC_2.36" };
  const secret = { ...symbols[0]!, name: "h", version: "GLIBC_PRIVATE" };
  const chosen = chooseVersions([...symbols, later, secret]);
  expect([...chosen.values()]).toEqual([symbols[1]]);
});

describe("the check of an addon", () => {
  const fine = [memcpy, { name: "napi_wrap", library: "" }, { name: "absent", library: "", weak: true }];

  test("accepts what old systems have", () => {
    expect(findAddonDefects(writeElf(fine, [libc]))).toEqual([]);
  });

  test.each([
    [{ name: "arc4random", version: "GLIBC_2.36", library: libc }, /arc4random of GLIBC_2\.36; GLIBC_2\.28 is/],
    [{ name: "pthread_once", version: "GLIBC_2.34", library: libc, weak: true }, /pthread_once of GLIBC_2\.34/],
    [{ name: "_ZSt4cout", version: "GLIBCXX_3.4", library: "libstdc++.so.6" }, /no versions of that kind/],
    [{ name: "__libc_dlopen", version: "GLIBC_PRIVATE", library: libc }, /GLIBC_PRIVATE/],
    [{ name: "__isoc23_strtol", library: "" }, /__isoc23_strtol, which no library/],
  ] as const)("refuses %j", (symbol, message) => {
    expect(findAddonDefects(writeElf([...fine, symbol], [libc]))).toEqual([expect.stringMatching(message)]);
  });

  test("refuses libraries that are not everywhere, and too many bytes", () => {
    expect(findAddonDefects(writeElf(fine, [libc, "libcuda.so.1"]))).toEqual([expect.stringMatching(/libcuda\.so\.1/)]);
    const large = Buffer.concat([writeElf(fine, [libc]), Buffer.alloc(25e6)]);
    expect(findAddonDefects(large)).toEqual([expect.stringMatching(/bytes/)]);
  });

  test("looks for machine code and PTX of every architecture of a release", () => {
    const code = [...new Set(machineCode.map((name) => Number.parseInt(name, 10)))];
    const all = [...code.map((number) => [2, number] as const), ...ptx.map((name) => [1, Number(name)] as const)];
    expect(findCodeDefects(writeElf(fine, [libc], writeFatBinary(all)))).toEqual([]);
    expect(findCodeDefects(writeElf(fine, [libc], writeFatBinary(all.slice(1))))).toEqual([
      `holds no machine code for ${code[0]}`,
    ]);
    expect(findCodeDefects(writeElf(fine, [libc]))).toHaveLength(all.length);
    expect(releaseArchitectures()).toMatch(/^80-real;/);
  });
});

describe.each(["emulated", "cuda"])("the %s addon that was built here", (platform) => {
  const path = fileURLToPath(new URL(`../build/${platform}/Release/octet_cuda.node`, import.meta.url));
  // On other processors the addon is linked to what is there.
  test.skipIf(!existsSync(path) || process.arch !== "x64")("asks for nothing that glibc 2.28 lacks", () => {
    expect(findAddonDefects(readFileSync(path))).toEqual([]);
  });
});
