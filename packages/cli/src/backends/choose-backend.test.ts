import { type Backend, createReferenceBackend, OctetError } from "@octet/core";
import { describe, expect, it } from "vitest";
import { type BackendEntry, backendEntries } from "./backend-entry.ts";
import { chooseBackend } from "./choose-backend.ts";
import { listBackends } from "./list-backends.ts";

const started: Backend[] = [];

/** An entry whose package works, with another name and what else is said of it in `info`. */
function entry(name: string, info: object = {}, overrides: Partial<BackendEntry> = {}): BackendEntry {
  const create = () => {
    const backend = createReferenceBackend();
    Object.assign(backend.info, { name, ...info });
    started.push(backend);
    return backend;
  };
  return { name, packageName: `@octet/${name}`, factory: "create", load: async () => ({ create }), ...overrides };
}

// A string that nothing resolves ahead: a package that nobody has.
const nowhere: string = "@octet/absent";
const absent = entry("absent", {}, { load: () => import(nowhere) });
const broken = entry("broken", {}, { load: () => Promise.reject(new SyntaxError("unexpected token")) });
const incomplete = entry("incomplete", {}, { load: async () => ({}) });
const refusing = entry(
  "refusing",
  {},
  {
    load: async () => ({
      create: () => {
        throw new OctetError("ERR_UNAVAILABLE", "no device");
      },
    }),
  },
);
const crashing = entry(
  "crashing",
  {},
  {
    load: async () => ({
      create: () => {
        throw new Error("driver error");
      },
    }),
  },
);
const foreign = entry("foreign", { apiVersion: 1 });
const software = entry("software", { device: "a CPU in disguise", features: ["software"] });

describe("auto", () => {
  it("takes the first that runs and says why not the others", async () => {
    const entries = [absent, broken, incomplete, refusing, crashing, foreign, software, entry("good"), entry("later")];
    const { backend, rejected } = await chooseBackend("auto", entries);
    expect(backend.info.name).toBe("good");
    expect(rejected.map(({ name }) => name)).toEqual(entries.slice(0, 7).map(({ name }) => name));
    expect(rejected.map(({ code }) => code)).toEqual(Array(7).fill("ERR_UNAVAILABLE"));
    expect(rejected.map(({ reason }) => reason)).toEqual([
      "@octet/absent is not installed: npm install @octet/absent",
      "@octet/broken cannot be loaded: unexpected token",
      "@octet/incomplete exports no create; install a version that does",
      "no device",
      "crashing did not start: driver error",
      "@octet/foreign implements version 1 of the backend contract, this command version 2; install matching versions",
      "a CPU in disguise is a software device: used only with --backend software",
    ]);
    backend.dispose();
    expect(started.filter(({ disposed }) => !disposed)).toEqual([]);
  });

  it("fails when nothing runs", async () => {
    await expect(chooseBackend("auto", [broken])).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
  });

  it("tries cuda, webgpu, wasm, reference", () => {
    expect(backendEntries.map(({ name }) => name)).toEqual(["cuda", "webgpu", "wasm", "reference"]);
  });
});

describe("a backend asked for by name", () => {
  it("is taken even when it is software", async () => {
    const { backend, rejected } = await chooseBackend("software", [entry("good"), software]);
    expect(backend.info.name).toBe("software");
    expect(rejected).toEqual([]);
    backend.dispose();
  });

  it.each([absent, broken, incomplete, refusing, crashing, foreign])("has no substitute: $name", async (asked) => {
    await expect(chooseBackend(asked.name, [asked, entry("good")])).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
  });

  it("is wrong usage when nobody knows it", async () => {
    await expect(chooseBackend("gpu", [entry("good")])).rejects.toThrow('there is no backend "gpu", there are good');
  });
});

it("lists what runs, why the rest does not, and what auto takes", async () => {
  const { backends, auto } = await listBackends([refusing, software, entry("good")]);
  expect(auto).toBe("good");
  expect(backends).toMatchObject([
    { name: "refusing", available: false, code: "ERR_UNAVAILABLE", reason: "no device" },
    { name: "software", available: true, device: "a CPU in disguise", features: ["software"] },
    { name: "good", available: true },
  ]);
  expect(started.filter(({ disposed }) => !disposed)).toEqual([]);
});
