import { formatValue, OctetError } from "@octet/core";
import { createNameMatcher } from "@octet/core/names";
import type { Linear } from "./linear.ts";

/**
 * Layers that stay in float. A string is a pattern of `@octet/core/names`, matched as in the checkpoints of `@octet/checkpoint`: with the name of
 * the Linear's weight, `layers.0.fc.weight`, of the Linear, `layers.0.fc`, and with the last part of that, `fc`. A predicate gets the name
 * and the module.
 */
export type SkipRule = string | ((name: string, module: Linear) => boolean);

/** A rule that is ready to be asked. */
export interface SkipTest {
  readonly rule: SkipRule;
  /** For people: why a layer that it matches is skipped. */
  readonly reason: string;
  matches(name: string, module: Linear): boolean;
}

/** @throws OctetError `ERR_UNSUPPORTED` for a rule that is neither a pattern nor a function */
export function compileSkip(rules: readonly SkipRule[]): readonly SkipTest[] {
  return rules.map((rule, index) => {
    if (typeof rule === "function") return { rule, reason: `the predicate skip[${index}] says so`, matches: rule };
    if (typeof rule === "string") {
      const match = createNameMatcher([rule]);
      return { rule, reason: `it matches "${rule}"`, matches: (name) => match(`${name}.weight`) !== undefined };
    }
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `got ${formatValue(rule)} as skip[${index}]; pass a name, a glob or a function`,
    );
  });
}
