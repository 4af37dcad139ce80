import { OctetError } from "@octet/core";
import { expect, it } from "vitest";
import { describeError, UsageError } from "./errors.ts";
import { Interruption } from "./interruption.ts";

const hint = "octet inspect --help";

function systemError(code: string, path?: string): Error {
  return Object.assign(new Error(`${code}: as Node says it, open '${path}'`), {
    code,
    syscall: "open",
    errno: -1,
    path,
  });
}

it.each(["ENOENT", "EACCES", "EPERM", "ENOSPC", "EDQUOT", "EISDIR", "ENOTDIR", "EEXIST", "EROFS", "EMFILE", "EIO"])(
  "names the path and the reason of %s",
  (code) => {
    const report = describeError(systemError(code, "/some/file"), hint);
    expect(report).toMatchObject({ code: "ERR_IO", exitCode: 1 });
    expect(report.message).toMatch(new RegExp(`^/some/file: [a-z ,-]+ \\(${code}\\)$`));
  },
);

it("keeps the message of a system error that it does not know", () => {
  expect(describeError(systemError("EXDEV", "a"), hint)).toEqual({
    code: "ERR_IO",
    message: "EXDEV: as Node says it, open 'a'",
    exitCode: 1,
  });
});

it("says what it knows when the system names no path", () => {
  expect(describeError(systemError("ENOSPC"), hint).message).toBe("no space left on the disk (ENOSPC)");
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
