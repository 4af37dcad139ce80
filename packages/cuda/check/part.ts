/** What came of a part of the check. */
export interface PartResult {
  readonly part: string;
  /** "refused": the machine lacks what it takes, and the reason says what. */
  readonly status: "passed" | "failed" | "refused";
  /** One line for people. */
  readonly summary: string;
  readonly seconds: number;
  /** Everything found, for the JSON. */
  readonly details?: unknown;
}

/** What a part returns; an exception is a failure. */
export type PartOutcome = Pick<PartResult, "status" | "summary" | "details">;

export const refuse = (summary: string): PartOutcome => ({ status: "refused", summary });

/** Runs a part, tells its time and shows its line. */
export async function runPart(part: string, body: () => Promise<PartOutcome>): Promise<PartResult> {
  console.log(`--- ${part}`);
  const start = performance.now();
  let outcome: PartOutcome;
  try {
    outcome = await body();
  } catch (error) {
    outcome = { status: "failed", summary: String(error), details: (error as Error).stack };
  }
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  console.log(`${part}: ${outcome.status}, ${outcome.summary} (${seconds} s)`);
  return { part, seconds, ...outcome };
}
