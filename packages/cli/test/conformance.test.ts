import { fileURLToPath } from "node:url";
import type { ConformanceJson } from "@octet/cli";
import { describe, expect } from "vitest";
import { it, waitFor } from "./support/octet.ts";

const backendModule = (name: string) => fileURLToPath(new URL(`./support/backends/${name}.js`, import.meta.url));
const manifest = fileURLToPath(new URL("../../conformance/fixtures/contract.json", import.meta.url));
const closingLine = /(?:^|\n)(\d+) passed, (\d+) failed, (\d+) skipped\n$/;

describe("the golden vectors", () => {
  it("pass on the reference, all of them", async ({ octet }) => {
    const outcome = await octet.run(["conformance", "--backend", "reference", "--golden", manifest]);
    expect(outcome).toEqual({ exitCode: 0, stdout: "765 passed, 0 failed, 0 skipped\n", stderr: "" });
  });

  it("can be filtered", async ({ octet }) => {
    const args = ["--golden", manifest, "--filter", "quantize/normal.float32.1x1.*", "--filter", "!*.dim0"];
    const { exitCode, stdout } = await octet.run(["conformance", "--backend", "reference", ...args]);
    expect(exitCode).toBe(0);
    expect(Number(closingLine.exec(stdout)![1])).toBeGreaterThan(0);
  });

  it("must be there", async ({ octet }) => {
    const { exitCode, stdout, stderr } = await octet.run([
      "conformance",
      "--backend",
      "reference",
      "--golden",
      "nosuch.json",
    ]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toBe("octet: ERR_UNAVAILABLE: cannot read nosuch.json: there is no such file or folder (ENOENT)\n");
  });
});

describe("the suite", () => {
  it("passes on the reference", async ({ octet }) => {
    const { exitCode, stdout } = await octet.run(["conformance", "--backend", "reference", "--filter", "!large/*"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(closingLine);
    expect(stdout).toContain(" 0 failed, 0 skipped\n");
  });

  it("fails a backend that is wrong, and says where", async ({ octet }) => {
    const args = ["--backend", backendModule("wrong"), "--filter", "quantize/*"];
    const { exitCode, stdout } = await octet.run(["conformance", ...args]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^failed {2}quantize\/\S+: .+$/m);
    const [, , failed] = closingLine.exec(stdout)!;
    expect(Number(failed)).toBe(stdout.match(/^failed /gm)!.length);
  });

  it("suspects the mistake that explains the failures, above the last line", async ({ octet }) => {
    const args = ["--backend", backendModule("forgetful"), "--filter", "linear-int8/*"];
    const { exitCode, stdout } = await octet.run(["conformance", ...args]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\nsuspect ignored-bias: leaves out the bias\n\d+ passed, \d+ failed, 0 skipped\n$/);
  });

  it("names the mistake in JSON as well, and none where nothing failed", async ({ octet }) => {
    const args = ["--filter", "linear-int8/*", "--json"];
    const suspectsOf = async (backend: string) => {
      const { stdout } = await octet.run(["conformance", "--backend", backendModule(backend), ...args]);
      return (JSON.parse(stdout) as ConformanceJson).suspects;
    };
    expect(await suspectsOf("forgetful")).toEqual([{ fault: "ignored-bias", description: "leaves out the bias" }]);
    expect(await suspectsOf("right")).toEqual([]);
  });

  it("skips what a backend does not support, and says what", async ({ octet }) => {
    const args = ["--backend", backendModule("limited"), "--filter", "quantize/*"];
    const { exitCode, stdout } = await octet.run(["conformance", ...args]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^skipped quantize\/\S+: .*does not support.*$/m);
    const [, passed, , skipped] = closingLine.exec(stdout)!;
    expect(Number(passed)).toBeGreaterThan(0);
    expect(Number(skipped)).toBe(stdout.match(/^skipped /gm)!.length);
  });

  it("asks for the ops of a profile", async ({ octet }) => {
    const args = ["conformance", "--backend", "reference", "--profile", "models", "--filter", "state/positions.*"];
    const { exitCode, stdout } = await octet.run([...args, "--json"]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ profile: "models", passed: 1, failed: 0, skipped: 0 });
  });

  it("refuses a profile that there is not", async ({ octet }) => {
    const { exitCode, stdout, stderr } = await octet.run(["conformance", "--backend", "reference", "--profile", "all"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/--profile: .*use layers or models/);
  });

  it("runs on a backend that a module makes by default", async ({ octet }) => {
    const args = ["conformance", "--backend", "./right.js", "--filter", "dequantize/*"];
    const { exitCode, stdout } = await octet.run(args, {
      cwd: fileURLToPath(new URL("./support/backends", import.meta.url)),
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(closingLine);
  });

  it("prints one JSON document", async ({ octet }) => {
    const args = ["--backend", backendModule("wrong"), "--filter", "quantize/*", "--json"];
    const { exitCode, stdout, stderr } = await octet.run(["conformance", ...args]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    const { backend, profile, golden, results, passed, failed, skipped }: ConformanceJson = JSON.parse(stdout);
    expect(backend).toMatchObject({ name: "reference", device: "JavaScript engine" });
    expect([profile, golden]).toEqual(["layers", null]);
    expect(passed + failed + skipped).toBe(results.length);
    expect(failed).toBe(results.filter(({ status }) => status === "failed").length);
    for (const { status, message } of results) expect(message === null).toBe(status === "passed");
  });
});

describe("a backend that cannot run", () => {
  it.for([
    ["broken", "ERR_UNAVAILABLE", "broken in two lines"],
    ["no-factory", "ERR_UNAVAILABLE", "exports no factory"],
    ["failing", "ERR_UNAVAILABLE", "failing.js did not start: TypeError: no driver"],
    ["refusing", "ERR_UNAVAILABLE", "there is no such device"],
    ["nosuch", "ERR_UNAVAILABLE", "no such file"],
    ["empty", "ERR_UNAVAILABLE", "supports, upload"],
    ["late", "ERR_INTERNAL", "Error: too late"],
  ])("is an error of one line: %s", async ([name, code, says], { octet }) => {
    const { exitCode, stdout, stderr } = await octet.run(["conformance", "--backend", backendModule(name)]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^octet: ${code}: .*${says}.*\\n$`));
  });

  it("is an error of one line where its URL is none", async ({ octet }) => {
    const { exitCode, stderr } = await octet.run(["conformance", "--backend", "file://["]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: "octet: ERR_UNAVAILABLE: file://[ cannot be loaded: it is not a URL\n",
    });
  });
});

it("stops at once when interrupted, also when a backend never answers", async ({ octet }) => {
  const child = octet.start(["conformance", "--backend", backendModule("endless")]);
  child.stderr!.once("data", () => child.kill("SIGINT"));
  const { exitCode, stdout, stderr } = await waitFor(child);
  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: "" });
  expect(stderr).toMatch(/^waiting for ever\noctet: ERR_INTERRUPTED: stopped by SIGINT\n$/);
});
