import type { OctetError } from "@octet/core";

/**
 * What one op found of the numbers that it quantized. It stands for every op before it, too: a result depends on this one alone,
 * however long the chain was that made it.
 */
export interface Finding {
  /** What the op's arguments depend on, in their order. Empty once this is known, so that a chain keeps nothing of its past. */
  causes: Findings;
  /** Whether the op's record was read. */
  known: boolean;
  /** The first error among the causes, or else the op's own. */
  error: OctetError | undefined;
}

/** What a tensor depends on, in order; without whatever was known to be clean when the tensor was made. */
export type Findings = readonly Finding[];

export const noFindings: Findings = Object.freeze([]);

export function newFinding(causes: Findings): Finding {
  return { causes, known: false, error: undefined };
}

/** What a result of these inputs depends on. The first error wins, so that nothing after a known one matters. */
export function unite(...inputs: readonly Findings[]): Findings {
  const open = new Set<Finding>();
  for (const finding of inputs.flat()) {
    if (finding.known && finding.error === undefined) continue;
    open.add(finding);
    if (finding.error !== undefined) break;
  }
  return open.size === 0 ? noFindings : [...open];
}

/** The first error, of findings that are known. */
export function firstError(findings: Findings): OctetError | undefined {
  return findings.find(({ error }) => error !== undefined)?.error;
}
