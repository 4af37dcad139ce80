import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { expectRefusal } from "../../test/support/refusal.ts";
import { describeFailure } from "./file-errors.ts";

/** An error as Node makes it when the system refuses. */
function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as the system says it, write`), { code, syscall: "write" });
}

test.each([
  ["ENOSPC", "the disk is full"],
  ["EACCES", "permission denied"],
  ["EROFS", "read-only"],
  ["EXDEV", "as the system says it"],
])("%s is told in words, with its code", async (code, words) => {
  const work = describeFailure("write /a/b", () => Promise.reject(systemError(code)));
  await expectRefusal(work, "ERR_UNAVAILABLE", "cannot write /a/b", words, code);
});

test("a real one, with the system's error as its cause", async () => {
  const work = describeFailure("read it", () => readFile("/there/is/no/such/file"));
  await expect(work).rejects.toMatchObject({ code: "ERR_UNAVAILABLE", cause: { code: "ENOENT" } });
});

test("other errors and results pass through", async () => {
  const error = new TypeError("a mistake");
  await expect(describeFailure("write", () => Promise.reject(error))).rejects.toBe(error);
  expect(await describeFailure("write", async () => 7)).toBe(7);
});
