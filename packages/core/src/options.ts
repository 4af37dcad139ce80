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
 * Checks an options object for callers without a compiler: otherwise a misspelled name would silently mean the default.
 * `owner` names the function in messages.
 * @throws OctetError `ERR_UNSUPPORTED` for what is not an object, a name that is not among `kinds`, or a value of another kind
 */
export function validateOptions<Options extends object>(
  owner: string,
  options: Options,
  kinds: OptionKinds<Options>,
): void {
  if (kindOf(options) !== "object") {
    // Undefined gets here only where the options may not be left out.
    const orNothing = options === undefined ? "" : ", or leave it out";
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `${owner} got ${formatValue(options)} for its options; ${adviceFor(kinds)}${orNothing}`,
    );
  }
  for (const name of Object.keys(options)) if (!Object.hasOwn(kinds, name)) throw unknownOption(owner, name, kinds);
  validateKinds(owner, options, kinds);
}

function unknownOption(owner: string, name: string, kinds: object): OctetError {
  const nearest = nearestName(name, Object.keys(kinds));
  const hint = nearest === undefined ? "" : `did you mean ${nearest}? `;
  return new OctetError("ERR_UNSUPPORTED", `${owner} has no option ${formatValue(name)}; ${hint}${adviceFor(kinds)}`);
}

/** The part of `validateOptions` that looks at values: for objects that may have more fields than those asked for. */
export function validateKinds<Fields extends object>(owner: string, fields: Fields, kinds: OptionKinds<Fields>): void {
  for (const name of Object.keys(kinds) as (keyof Fields & string)[]) {
    const kind: ValueKind | readonly ValueKind[] = kinds[name];
    const value = fields[name];
    if (kind === "any" || value === undefined) continue;
    const allowed = typeof kind === "string" ? [kind] : kind;
    if (allowed.includes("any") || allowed.includes(kindOf(value))) continue;
    const wanted = allowed.join(" or ");
    throw new OctetError("ERR_UNSUPPORTED", `${owner} got ${formatValue(value)} as ${name}; pass ${article(wanted)}`);
  }
}

/** `typeof`, with `null` and arrays told from other objects. Everything that is not among the kinds is "any". */
function kindOf(value: unknown): ValueKind {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return type === "undefined" || type === "bigint" || type === "symbol" ? "any" : type;
}

function adviceFor(kinds: object): string {
  return `pass an object with any of ${Object.keys(kinds).join(", ")}`;
}

function article(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
}
