import { OctetError } from "@octet/core";
import type { ArmName, Timed, Untimed } from "../results.ts";
import type { Job } from "./job.ts";

/** A job whose result was found right, with what is known of it, or one that will not be timed. */
export type JobCandidate =
  | { readonly name: ArmName; readonly job: Job; readonly facts: Pick<Timed, "error" | "bytes"> }
  | { readonly name: ArmName; readonly untimed: Untimed };

/** What is known of a right result, or why it is wrong. */
export type Verdict = Pick<Timed, "error" | "bytes"> | { readonly fault: string };

/**
 * Starts a job, does it once and judges the result, so that whatever the arm compiles is compiled before anyone times it. An arm that
 * cannot run here is unavailable, and one that throws anything else is wrong like one whose result is: the others go on.
 */
export async function checkJob<J extends Job>(
  name: ArmName,
  start: () => Promise<J>,
  judge: (job: J) => Promise<Verdict>,
): Promise<JobCandidate> {
  let job: J | undefined;
  try {
    job = await start();
    await job.run();
    await job.submit?.();
    const verdict = await judge(job);
    if (!("fault" in verdict)) return { name, job, facts: verdict };
    await job.dispose();
    return { name, untimed: { status: "wrong", reason: verdict.fault } };
  } catch (error) {
    await job?.dispose();
    if (OctetError.isInstance(error) && error.code === "ERR_UNAVAILABLE") {
      return { name, untimed: { status: "unavailable", reason: error.message } };
    }
    return { name, untimed: { status: "wrong", reason: String(error) } };
  }
}

export async function disposeJobs(candidates: readonly JobCandidate[]): Promise<void> {
  for (const candidate of candidates) if ("job" in candidate) await candidate.job.dispose();
}
