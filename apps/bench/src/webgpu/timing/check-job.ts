import type { ArmName, Timed } from "../../results.ts";
import type { Job } from "../job.ts";
import type { JobCandidate } from "./time-jobs.ts";

/** What is known of a right result, or why it is wrong. */
export type Verdict = Pick<Timed, "error" | "bytes"> | { readonly fault: string };

/**
 * Starts a job, does it once and judges the result, so that whatever the arm compiles is compiled before anyone times it. An arm that
 * throws is wrong like one whose result is: the others go on.
 */
export async function checkJob<J extends Job>(
  name: ArmName,
  start: () => Promise<J>,
  judge: (job: J) => Promise<Verdict>,
): Promise<JobCandidate> {
  let job: J | undefined;
  try {
    job = await start();
    await job.enqueue();
    await job.submit();
    const verdict = await judge(job);
    if (!("fault" in verdict)) return { name, job, facts: verdict };
    job.dispose();
    return { name, untimed: { status: "wrong", reason: verdict.fault } };
  } catch (error) {
    job?.dispose();
    return { name, untimed: { status: "wrong", reason: String(error) } };
  }
}
