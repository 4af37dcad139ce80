import { formatValue, OctetError } from "@octet/core";
import type { Linear } from "./linear.ts";

/**
 * What stays in float. A string is matched with the name of a Linear, `layers.0.fc`, and with the last part of it, `fc`, and has to match
 * the whole of one of them: `lm_head` finds the head at any depth, as it does in the checkpoints of `@octet/checkpoint`. `*` stands for
 * any run of characters, dots included, `?` for one, anything else for itself. A predicate gets the name and the module.
 */
export type SkipRule = string | ((name: string, module: Linear) => boolean);

/** What `quantizeModel` skips unless told otherwise: the layers whose rounding costs a language model most. */
export const defaultSkip: readonly SkipRule[] = ["lm_head", "*embed*"];

/** @throws OctetError `ERR_UNSUPPORTED` for a rule that is neither text nor a function */
export function validateSkip(rules: readonly SkipRule[]): void {
  const bad = rules.findIndex((rule) => typeof rule !== "string" && typeof rule !== "function");
  if (bad < 0) return;
  throw new OctetError(
    "ERR_UNSUPPORTED",
    `got ${formatValue(rules[bad])} as skip[${bad}]; pass a name, a glob or a function`,
  );
}

export function matchesRule(rule: SkipRule, name: string, module: Linear): boolean {
  if (typeof rule !== "string") return rule(name, module);
  return matchesGlob(rule, name) || matchesGlob(rule, name.slice(name.lastIndexOf(".") + 1));
}

/** Whether the whole of `text` matches `glob`. */
export function matchesGlob(glob: string, text: string): boolean {
  const pattern = glob.replace(/[\\^$.*+?()[\]{}|]/g, (special) => {
    if (special === "*") return ".*";
    return special === "?" ? "." : `\\${special}`;
  });
  return new RegExp(`^${pattern}$`, "su").test(text);
}
