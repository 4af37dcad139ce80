import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { type EmulatedAddon, emulatorMissing, emulatorPath, isSanitized, loadEmulator } from "./emulator.ts";

/** Each bug, and the landings of asynchronous copies under which it shows: each extreme hides what the other one brings out. */
const bugs = [
  { bug: "missing-barrier", shows: ["early", "late"] },
  { bug: "divergent-barrier", shows: ["early", "late"] },
  { bug: "missing-wait", shows: ["late"] },
  { bug: "missing-reuse-barrier", shows: ["early"] },
  { bug: "out-of-bounds-write", shows: ["early", "late"] },
  { bug: "out-of-bounds-shared-write", shows: ["early", "late"] },
  { bug: "uninitialised-read", shows: ["early", "late"] },
];
/** AddressSanitizer ends the process where the emulator reports. */
const fatal = isSanitized ? ["out-of-bounds-write"] : [];
const seeds = [0, 1, 7, 12345];

describe.skipIf(emulatorMissing)("the emulator", () => {
  let addon: EmulatedAddon;
  beforeAll(() => {
    addon = loadEmulator();
  });

  test.each(["early", "late"])("finds nothing in a sound kernel when copies land %s", (copies) => {
    for (const seed of seeds) {
      addon.configureEmulator(seed, copies === "early");
      expect(addon.runPlantedBug("none"), `seed ${seed}`).toBe("");
    }
  });

  describe.each(bugs.filter(({ bug }) => !fatal.includes(bug)))("with $bug planted", ({ bug, shows }) => {
    test.each(shows)("finds it when copies land %s, in every order of threads", (copies) => {
      for (const seed of seeds) {
        addon.configureEmulator(seed, copies === "early");
        expect(addon.runPlantedBug(bug), `seed ${seed}`).not.toBe("");
      }
    });
  });

  test("says what it found, and where", () => {
    addon.configureEmulator(0, false);
    expect(addon.runPlantedBug("divergent-barrier")).toMatch(/barrier/);
    if (!isSanitized) expect(addon.runPlantedBug("out-of-bounds-write")).toMatch(/past the end of 256 bytes/);
    expect(addon.runPlantedBug("out-of-bounds-shared-write")).toMatch(/past the end of shared memory/);
  });

  test.runIf(isSanitized)("is watched by AddressSanitizer, kernels and all", () => {
    const code = `require(${JSON.stringify(emulatorPath)}).runPlantedBug("out-of-bounds-write")`;
    const { status, stderr } = spawnSync(process.execPath, ["-e", code], { encoding: "utf8" });
    expect(stderr).toMatch(/AddressSanitizer: heap-buffer-overflow.*sum_of_rows/s);
    expect(status).not.toBe(0);
  });
});
