import { OctetError } from "./errors.ts";
import { formatValue } from "./format-value.ts";
import { nearestName } from "./nearest-name.ts";

/** What an option may hold. "any" is for options whose value is checked, with a code of its own, where it is used. */
export type ValueKind = "any" | "array" | "boolean" | "function" | "null" | "number" | "object" | "string";

/** The names of all options of a function, and what each may hold besides `undefined`, which stands for the default. */
export type OptionKinds<Options extends object> = {
  readonly [Name in keyof Options]-?: ValueKind | readonly ValueKind[];
};

/**
 * Checks an options object for callers whom no compiler tells: a name that is misspelled would otherwise be a default in silence.
 * `owner` names the function in messages.
 * @throws OctetError `ERR_UNSUPPORTED` for what is not an object, a name that is not among `kinds`, or a value of another kind
 */
export function validateOptions<Options extends object>(
  owner: string,
  options: Options,
  kinds: OptionKinds<Options>,
): void {
  if (kindOf(options) !== "object") {
    const got = formatValue(options);
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `${owner} got ${got} for its options; ${adviceFor(Object.keys(kinds))}, or leave it out`,
    );
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(kinds, name));
  if (unknown !== undefined) {
    const names = Object.keys(kinds);
    const nearest = nearestName(unknown, names);
    const hint = nearest === undefined ? "" : `did you mean ${nearest}? `;
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `${owner} has no option ${formatValue(unknown)}; ${hint}${adviceFor(names)}`,
    );
  }
  validateKinds(owner, options, kinds);
}

/** The part of `validateOptions` that looks at values: for objects that may have more fields than those asked for. */
export function validateKinds<Fields extends object>(owner: string, fields: Fields, kinds: OptionKinds<Fields>): void {
  for (const name of Object.keys(kinds) as (keyof Fields & string)[]) {
    const value = fields[name];
    const allowed = kinds[name] as ValueKind | readonly ValueKind[];
    if (value === undefined || accepts(allowed, value)) continue;
    const wanted = [allowed].flat().join(" or ");
    throw new OctetError("ERR_UNSUPPORTED", `${owner} got ${formatValue(value)} as ${name}; pass ${article(wanted)}`);
  }
}

/** Allocates nothing: every op comes by here. */
function accepts(allowed: ValueKind | readonly ValueKind[], value: unknown): boolean {
  const kind = kindOf(value);
  if (typeof allowed === "string") return allowed === "any" || allowed === kind;
  return allowed.includes("any") || allowed.includes(kind);
}

/** `typeof`, with `null` and arrays told from other objects. Everything that is not among the kinds is "any". */
function kindOf(value: unknown): ValueKind {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return type === "undefined" || type === "bigint" || type === "symbol" ? "any" : type;
}

function adviceFor(names: readonly string[]): string {
  return `pass an object with any of ${names.join(", ")}`;
}

function article(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
}
