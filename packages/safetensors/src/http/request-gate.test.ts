import { expect, test } from "vitest";
import { RequestGate } from "./request-gate.ts";

test("a task that gave up waiting is never started, and takes nobody's turn", async () => {
  const gate = new RequestGate(1);
  const aborter = new AbortController();
  const started: string[] = [];
  let finish = (): void => {};
  const first = gate.run(new AbortController().signal, () => new Promise<void>((resolve) => (finish = resolve)));
  const given = gate.run(aborter.signal, async () => started.push("given up"));
  const last = gate.run(new AbortController().signal, async () => started.push("last"));
  aborter.abort("stop");
  await expect(given).rejects.toBe("stop");
  finish();
  await Promise.all([first, last]);
  expect(started).toEqual(["last"]);
});

test("a signal that is aborted already starts nothing", async () => {
  const gate = new RequestGate(1);
  const started: string[] = [];
  await expect(gate.run(AbortSignal.abort("stop"), async () => started.push("task"))).rejects.toBe("stop");
  expect(started).toEqual([]);
});
