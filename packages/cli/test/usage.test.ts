import { describe, expect } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { it } from "./support/octet.ts";

const commands = ["quantize", "inspect", "compare", "backends", "conformance"];

describe("--help", () => {
  it("lists the commands, with examples", async ({ octet }) => {
    const { exitCode, stdout, stderr } = await octet.run(["--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, "m"));
    expect(stdout).toMatch(/^Examples:\n {2}\$ octet /m);
  });

  it.for(commands)("of %s shows its flags and examples", async (command, { octet }) => {
    const { exitCode, stdout, stderr } = await octet.run([command, "--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^Usage: octet ${command} `));
    expect(stdout).toContain("--json");
    expect(stdout).toMatch(new RegExp(`^Examples:\n {2}\\$ octet ${command}`, "m"));
  });
});

it.for([["--version"], ["-V"]])("prints the version of the package: %j", async (args, { octet }) => {
  expect(await octet.run(args)).toEqual({ exitCode: 0, stdout: `${manifest.version}\n`, stderr: "" });
});

it("refuses wrong usage in one line, with exit code 2", async ({ octet }) => {
  expect(await octet.run(["inspect"])).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: "octet: ERR_USAGE: missing required argument 'file'; see octet inspect --help\n",
  });
});
