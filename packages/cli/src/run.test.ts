import { expect, it } from "vitest";
import { createStreams } from "../test/support/streams.ts";
import { Interruption } from "./process/interruption.ts";
import { run } from "./run.ts";

const wrong: readonly (readonly [args: readonly string[], says: string, hint: string])[] = [
  [[], "no command given", "octet --help"],
  [["--debug"], "no command given", "octet --help"],
  [["quanitze"], "Did you mean quantize?", "octet --help"],
  [["--jsn"], "unknown option '--jsn'", "octet --help"],
  [["inspect"], "missing required argument 'file'", "octet inspect --help"],
  [["inspect", "a", "b"], "too many arguments", "octet inspect --help"],
  [["inspect", "a", "--jsn"], "Did you mean --json?", "octet inspect --help"],
  [["compare", "a"], "missing required argument 'quantized'", "octet compare --help"],
  [["backends", "a"], "too many arguments", "octet backends --help"],
  [["quantize", "a"], "required option '-o, --output <path>'", "octet quantize --help"],
  [["quantize", "a", "-o"], "argument missing", "octet quantize --help"],
  [["quantize", "a", "-o", "b", "--format", "gguf"], "compressed-tensors, int8", "octet quantize --help"],
  [["quantize", "a", "-o", "b", "--bits", "9"], "from 2 to 8", "octet quantize --help"],
  [["quantize", "a", "-o", "b", "--bits", "4.0"], "from 2 to 8", "octet quantize --help"],
  [["quantize", "a", "-o", "b", "--granularity", "row"], "channel, tensor or group:N", "octet quantize --help"],
  [["quantize", "a", "-o", "b", "--granularity", "group:0"], "channel, tensor or group:N", "octet quantize --help"],
  [["quantize", "a", "-o", "b", "--backend", "gpu"], "auto, cuda, webgpu, wasm, reference", "octet quantize --help"],
  [["conformance"], "required option '--backend <name>'", "octet conformance --help"],
  [["conformance", "--backend", "gpu"], 'no backend "gpu"', "octet conformance --help"],
  [["conformance", "--backend", "reference", "--filter", "nosuch"], "matches none", "octet conformance --help"],
];

it.each(wrong)("refuses %j", async (args, says, hint) => {
  const streams = createStreams();
  const exitCode = await run(args, streams);
  const {
    stdout: { text: stdout },
    stderr: { text: stderr },
  } = streams;
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toMatch(/^octet: ERR_USAGE: .*; see octet.* --help\n$/);
  expect(stderr).toContain(says);
  expect(stderr).toContain(`see ${hint}\n`);
});

it("tells an interruption from the error that it caused", async () => {
  const streams = createStreams({ signal: AbortSignal.abort(new Interruption("SIGINT")) });
  expect(await run(["conformance", "--backend", "reference"], streams)).toBe(130);
  expect(streams.stderr.text).toBe("octet: ERR_INTERRUPTED: stopped by SIGINT\n");
});
