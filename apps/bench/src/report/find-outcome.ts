import type { Outcome, Timed } from "../results.ts";

/** The outcome of an arm that was timed; undefined where it took no part, was not available or was wrong. */
export function findTimed(
  cell: { readonly arms: readonly Outcome[] } | undefined,
  arm: string,
): (Outcome & Timed) | undefined {
  return cell?.arms.find((outcome): outcome is Outcome & Timed => outcome.arm === arm && outcome.status === "timed");
}
