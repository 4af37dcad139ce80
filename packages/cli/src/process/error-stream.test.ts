import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openErrorStream } from "./error-stream.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "octet-errors-"));
});
afterAll(() => rm(folder, { recursive: true }));

it("has written when write returns", () => {
  const path = join(folder, "file");
  const descriptor = openSync(path, "w");
  openErrorStream(descriptor).write("octet: a line…\n");
  expect(readFileSync(path, "utf8")).toBe("octet: a line…\n");
  closeSync(descriptor);
});

it("waits for the reader of a full pipe that another process made one that does not wait", async ({ skip }) => {
  if (process.platform === "win32") skip("Windows has no such pipes");
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  const descriptor = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const filling = Buffer.alloc(2 ** 12);
  let full = 0;
  try {
    for (;;) full += writeSync(descriptor, filling);
  } catch (error) {
    expect(error).toMatchObject({ code: "EAGAIN" });
  }
  const reader = spawn("sh", ["-c", `sleep 0.2; head -c ${full + 100_000} '${path}' | wc -c`]);
  const read = once(reader.stdout, "data");
  openErrorStream(descriptor).write("x".repeat(100_000));
  expect(Number(String((await read)[0]))).toBe(full + 100_000);
  closeSync(descriptor);
});
