import { expect } from "vitest";
import { matchesOutput } from "./expected-output.ts";
import type { Outcome } from "./run-document.ts";
import type { Snippet } from "./snippet.ts";

/** Fails unless the snippet ran to its end and printed what the document shows. */
export function expectSnippet({ expectedOutput }: Snippet, outcome: Outcome | undefined): void {
  expect(outcome).toBeDefined();
  expect(outcome?.failure).toBeUndefined();
  if (expectedOutput === undefined || matchesOutput(outcome!.output, expectedOutput)) return;
  expect(outcome!.output, "the output differs from the text block").toBe(expectedOutput);
}
