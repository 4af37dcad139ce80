import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished } from "vitest";
import { temporaryFolder } from "./support/model.ts";
import { it, waitFor } from "./support/octet.ts";

const backendModule = (name: string) => fileURLToPath(new URL(`./support/backends/${name}.js`, import.meta.url));
const conformance = (name: string, ...flags: string[]) => {
  return ["conformance", "--backend", backendModule(name), "--filter", "dequantize/*", ...flags];
};
const windows = process.platform === "win32";

async function makePipe(name: string): Promise<string> {
  const pipe = join(await temporaryFolder(), name);
  execFileSync("mkfifo", [pipe]);
  return pipe;
}

/** The process that does the work, as the module of a backend says it, once it says so. */
async function workerOf(child: ChildProcess): Promise<number> {
  const [text] = await once(child.stderr!, "data");
  const pid = Number(/process (\d+)/.exec(String(text))![1]);
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
  });
  return pid;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function expectGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 100 && isAlive(pid); tries += 1) await setTimeout(50);
  expect(isAlive(pid)).toBe(false);
}

describe("standard error", () => {
  it("has no lines of native code, but those of JavaScript", async ({ octet }) => {
    const { exitCode, stdout, stderr } = await octet.run(conformance("noisy"));
    expect(exitCode).toBe(0);
    expect(new Set(stderr.trimEnd().split("\n"))).toEqual(new Set(["a line of the module"]));
    expect(stdout).not.toContain("MESA");
  });

  it("has all lines with --debug", async ({ octet }) => {
    const { exitCode, stderr } = await octet.run(conformance("noisy", "--debug"));
    expect(exitCode).toBe(0);
    expect(stderr).toContain("MESA: warning: a line of a driver\n");
  });

  it("has one line for a crash, with the line of native code that explains it", async ({ octet, skip }) => {
    if (windows) skip("Windows has no such signals");
    const { exitCode, stdout, stderr } = await octet.run(conformance("crashing"));
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^octet: ERR_INTERNAL: .*SIGSEGV.*; fatal error: the driver lost its mind; .*\n$/);
  });
});

describe("signals", () => {
  it.for([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("a second one ends a command that cannot listen: %s", async ([signal, exitCode], { octet, skip }) => {
    if (windows) skip("Windows has no such signals");
    const child = octet.start(conformance("deaf"));
    const outcome = waitFor(child);
    const worker = await workerOf(child);
    child.kill(signal);
    await setTimeout(300);
    expect(child.exitCode).toBe(null);
    child.kill(signal);
    expect(await outcome).toMatchObject({ exitCode, stdout: "" });
    await expectGone(worker);
  });

  it("the first ends a command whose reads hang, which would keep a process from ending", async ({ octet, skip }) => {
    if (windows) skip("Windows has no such signals");
    const child = octet.start(conformance("blocked"), { env: { OCTET_TEST_PIPE: await makePipe("pipe") } });
    const outcome = waitFor(child);
    const worker = await workerOf(child);
    child.kill("SIGINT");
    const { exitCode, stderr } = await outcome;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/\noctet: ERR_INTERRUPTED: stopped by SIGINT\n$/);
    await expectGone(worker);
  });
});

it("leaves no process behind when it is killed", async ({ octet, skip }) => {
  if (windows) skip("Windows has no such signals");
  const child = octet.start(conformance("blocked"), { env: { OCTET_TEST_PIPE: await makePipe("pipe") } });
  const outcome = waitFor(child);
  const worker = await workerOf(child);
  child.kill("SIGKILL");
  await outcome;
  await expectGone(worker);
});

it("refuses a pipe in the place of a module, and of a golden manifest", async ({ octet, skip }) => {
  if (windows) skip("Windows has no pipes among its files");
  const [module, manifest] = [await makePipe("backend.js"), await makePipe("golden.json")];
  for (const args of [
    ["--backend", module],
    ["--backend", "reference", "--golden", manifest],
  ]) {
    const { exitCode, stderr } = await octet.run(["conformance", ...args]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^octet: ERR_FORMAT: .* is not a regular file\n$/);
  }
});
