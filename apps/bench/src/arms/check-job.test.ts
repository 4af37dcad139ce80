import { OctetError } from "@octet/core";
import { expect, it } from "vitest";
import { checkJob } from "./check-job.ts";
import type { Job } from "./job.ts";

const name = { arm: "arm", library: "library", title: "title" };

/** A job that notes what happens to it. */
function jobOf(run: () => void = () => {}) {
  const events: string[] = [];
  const note = (event: string) => () => void events.push(event);
  const job: Job = {
    run() {
      events.push("run");
      run();
    },
    submit: note("submit"),
    dispose: note("dispose"),
  };
  return { job, events };
}

it("lets a job go on whose result is right, after it was done once", async () => {
  const { job, events } = jobOf();
  const candidate = await checkJob(
    name,
    async () => job,
    async () => ({ error: 1e-7 }),
  );
  expect(candidate).toEqual({ name, job, facts: { error: 1e-7 } });
  expect(events).toEqual(["run", "submit"]);
});

it("ends a job whose result is wrong", async () => {
  const { job, events } = jobOf();
  const candidate = await checkJob(
    name,
    async () => job,
    async () => ({ fault: "NaN" }),
  );
  expect(candidate).toEqual({ name, untimed: { status: "wrong", reason: "NaN" } });
  expect(events.at(-1)).toBe("dispose");
});

it("takes what an arm throws for a wrong result, so that the others go on", async () => {
  const lost = () => {
    throw new Error("lost");
  };
  const wrong = { name, untimed: { status: "wrong", reason: "Error: lost" } };
  expect(await checkJob(name, async () => lost(), lost)).toEqual(wrong);
  const { job, events } = jobOf(lost);
  expect(
    await checkJob(
      name,
      async () => job,
      async () => ({}),
    ),
  ).toEqual(wrong);
  expect(events).toEqual(["run", "dispose"]);
});

it("tells an arm that cannot run here from one that is wrong", async () => {
  const start = () => Promise.reject(new OctetError("ERR_UNAVAILABLE", "no threads"));
  const untimed = { status: "unavailable", reason: "no threads" };
  expect(await checkJob(name, start, async () => ({}))).toEqual({ name, untimed });
});
