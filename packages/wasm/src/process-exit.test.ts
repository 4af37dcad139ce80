import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const folder = new URL(".", import.meta.url).href;

/** Runs a module in a process of its own, which has 50 seconds to end by itself. */
function runModule(code: string, ...flags: string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...["--conditions=octet-source", ...flags, "--input-type=module", "--eval"],
      `import { activation } from "@octet/core"; import { createWasmBackend } from "${folder}index.ts"; ${code}`,
    ],
    { cwd: fileURLToPath(folder), encoding: "utf8", timeout: 50_000 },
  );
  return { status, output: `${stdout}${stderr}` };
}

/** The same with a backend, and a tensor on it. */
function run(code: string, ...flags: string[]): ReturnType<typeof runModule> {
  const script = `
    const backend = await createWasmBackend({ threads: 2 });
    const x = backend.upload({ dtype: "float32", shape: [64, 64], data: new Float32Array(4096).fill(-2) });
    ${code}`;
  return runModule(script, ...flags);
}

describe("a process with two workers", () => {
  it("ends while they are idle", () => {
    expect(run(`console.log((await backend.download(activation(x, "relu"))).data[0]);`)).toEqual({
      status: 0,
      output: "0\n",
    });
  });

  it("ends after dispose", () => {
    expect(run("backend.dispose();")).toEqual({ status: 0, output: "" });
  });

  it("ends with ops under way that nobody reads", () => {
    expect(run(`for (let i = 0; i < 400; i++) activation(x, "gelu");`)).toEqual({ status: 0, output: "" });
  });

  it("stays for a download under way", () => {
    const code = `
      for (let i = 0; i < 400; i++) activation(x, "gelu");
      backend.download(activation(x, "relu")).then(({ data }) => console.log("read", data[5]));`;
    expect(run(code)).toEqual({ status: 0, output: "read 0\n" });
  });
});

it("a process ends when only some of the workers could be made, and says why it runs on one thread", () => {
  const code = `
    const threads = process.getBuiltinModule("node:worker_threads");
    let started = 0;
    threads.Worker = class extends threads.Worker {
      constructor(...args) {
        if (started++ === 2) throw new Error("no more threads");
        super(...args);
      }
    };
    console.log((await createWasmBackend({ threads: 3, simd: "plain" })).info.features.join());`;
  expect(runModule(code)).toEqual({ status: 0, output: "simd,threads=1,no threads: no more threads\n" });
});

it("workers leave alone what the process was started with", () => {
  const hook = "--import=data:text/javascript,console.log('started')";
  expect(run("backend.dispose();", hook)).toEqual({ status: 0, output: "started\n" });
});
