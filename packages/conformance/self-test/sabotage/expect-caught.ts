import { expect, test } from "vitest";
import { conformanceCases } from "../../src/cases/index.ts";
import { runConformance } from "../../src/run.ts";
import { type Sabotage, sabotagedFactory } from "./sabotage.ts";

// The large cases repeat what smaller ones check; a run of them takes longer than all others together.
const cases = conformanceCases().filter(({ family }) => family !== "large");

const idsOf = (values: readonly { readonly id: string }[]): string[] => values.map(({ id }) => id).sort();

/** Registers a test for each sabotage: with its fault, exactly the cases fail that name it. */
export function expectCaught(sabotages: readonly Sabotage[]): void {
  test.each(sabotages)("$fault fails exactly the cases that name it", async (sabotage) => {
    const { results } = await runConformance(sabotagedFactory(sabotage), { cases });
    const failed = idsOf(results.filter(({ status }) => status === "failed"));
    const naming = idsOf(cases.filter(({ catches }) => catches.includes(sabotage.fault)));
    expect(naming.length).toBeGreaterThan(0);
    expect(failed).toEqual(naming);
  });
}
