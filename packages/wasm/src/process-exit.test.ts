import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

const folder = new URL(".", import.meta.url).href;

/** Runs a module in a process of its own, which has 50 seconds to end by itself. */
function run(code: string): { readonly status: number | null; readonly output: string } {
  const script = `
    import { createWasmBackend } from "${folder}index.ts";
    const backend = await createWasmBackend({ threads: 2 });
    const x = backend.upload({ dtype: "float32", shape: [64, 64], data: new Float32Array(4096).fill(-2) });
    ${code}`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=octet-source", "--input-type=module", "--eval", script],
    { encoding: "utf8", timeout: 50_000 },
  );
  return { status, output: `${stdout}${stderr}` };
}

describe("a process with two workers", () => {
  it("ends while they are idle", () => {
    expect(run(`console.log((await backend.download(backend.activation(x, "relu"))).data[0]);`)).toEqual({
      status: 0,
      output: "0\n",
    });
  });

  it("ends after dispose", () => {
    expect(run("backend.dispose();")).toEqual({ status: 0, output: "" });
  });

  it("ends with ops under way that nobody reads", () => {
    expect(run(`for (let i = 0; i < 400; i++) backend.activation(x, "gelu");`)).toEqual({ status: 0, output: "" });
  });

  it("stays for a download under way", () => {
    const code = `
      for (let i = 0; i < 400; i++) backend.activation(x, "gelu");
      backend.download(backend.activation(x, "relu")).then(({ data }) => console.log("read", data[5]));`;
    expect(run(code)).toEqual({ status: 0, output: "read 0\n" });
  });
});
