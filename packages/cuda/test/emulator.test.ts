import { beforeAll, describe, expect, test } from "vitest";
import { type EmulatedAddon, emulatorMissing, loadEmulator } from "./emulator.ts";

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

  describe.each(bugs)("with $bug planted", ({ bug, shows }) => {
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
    expect(addon.runPlantedBug("out-of-bounds-write")).toMatch(/past the end of 256 bytes/);
    expect(addon.runPlantedBug("out-of-bounds-shared-write")).toMatch(/past the end of shared memory/);
  });
});
