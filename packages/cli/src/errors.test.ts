import { OctetError } from "@octet/core";
import { expect, it } from "vitest";
import { describeError, UsageError } from "./errors.ts";
import { Interruption } from "./process/interruption.ts";

const hint = "octet inspect --help";

it("says what the system refused", () => {
  const error = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    syscall: "write",
  });
  expect(describeError(error, hint)).toEqual({ code: "ERR_UNAVAILABLE", message: error.message, exitCode: 1 });
});

it("passes on code and message of an OctetError", () => {
  expect(describeError(new OctetError("ERR_FORMAT", "broken"), hint)).toEqual({
    code: "ERR_FORMAT",
    message: "broken",
    exitCode: 1,
  });
});

it("exits with 2 and a hint on wrong usage", () => {
  expect(describeError(new UsageError("no such thing"), hint)).toEqual({
    code: "ERR_USAGE",
    message: "no such thing; see octet inspect --help",
    exitCode: 2,
  });
});

it("does not put a semicolon after a full stop", () => {
  expect(describeError(new UsageError("Use channel."), hint).message).toBe("Use channel; see octet inspect --help");
});

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("exits after %s as a shell would say", (signal, exitCode) => {
  expect(describeError(new Interruption(signal), hint)).toMatchObject({ code: "ERR_INTERRUPTED", exitCode });
});

it("calls memory that ran out by its name", () => {
  expect(describeError(new RangeError("Array buffer allocation failed"), hint).code).toBe("ERR_OUT_OF_MEMORY");
});

it.each([new TypeError("x is not a function"), "a string"])("calls the unforeseen internal: %s", (error) => {
  expect(describeError(error, hint)).toMatchObject({ code: "ERR_INTERNAL", exitCode: 1 });
});
