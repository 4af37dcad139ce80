import picomatch from "picomatch/posix.js";
import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";

/** The first of the patterns that matches the name of a tensor, or undefined. */
export type NameMatcher = (tensor: string) => string | undefined;

const options: picomatch.PicomatchOptions = {
  // Names hold dots, not slashes: with this a star crosses both.
  bash: true,
  dot: true,
  // `[!0-3]`, as in a shell.
  posix: true,
  // A name may hold any character, a line break too.
  flags: "s",
  // Throws where the library would make a pattern that matches nothing.
  debug: true,
  // `!x` would select everything else, which a list of exceptions never means.
  nonegate: true,
  // Left to itself, the library takes `{1..12}` for one of the characters 1, 1 to 2.
  expandRange: (from, to) =>
    isLayer(from) && isLayer(to) ? `(${countFrom(+from, +to).join("|")})` : `[${from}-${to}]`,
};

/** Whether a text is a number that layers have. */
function isLayer(text: string): boolean {
  return /^[0-9]{1,4}$/.test(text);
}

function countFrom(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}

/**
 * Globs over the names of weights. A pattern is tried on the tensor's name (`model.layers.0.mlp.gate.weight`), on the name of its
 * module (`model.layers.0.mlp.gate`) and on the last part of that (`gate`), and must match the whole of one of them. So `lm_head` finds
 * the head at any depth, `*.gate.weight` only what has something in front of it, and `*norm*` whatever has norm anywhere in its name.
 *
 * `*` is any run of characters, dots included; `?`, `[0-9]`, `{q,k,v}_proj`, `{8..15}` and `@(a|b)` are as in a shell, and `\` before a
 * character makes it stand for itself. Case counts. An empty pattern matches nothing.
 * @throws OctetError `ERR_UNSUPPORTED` for what is not a pattern; the matcher throws it for a name that is not text
 */
export function createNameMatcher(patterns: readonly string[]): NameMatcher {
  validateList(patterns);
  const matchers = patterns
    .filter((pattern) => pattern !== "")
    .map((pattern) => ({ pattern, matches: compile(pattern) }));
  return (tensor) => {
    const module = moduleName(tensor);
    const names = [tensor, module, module.slice(module.lastIndexOf(".") + 1)];
    return matchers.find(({ matches }) => names.some((name) => matches(name)))?.pattern;
  };
}

/** @throws OctetError `ERR_UNSUPPORTED` for what is not an array */
export function validateList(patterns: readonly unknown[]): void {
  if (Array.isArray(patterns)) return;
  throw new OctetError("ERR_UNSUPPORTED", `got ${formatValue(patterns)} for the patterns; pass an array of texts`);
}

function compile(pattern: string): (name: string) => boolean {
  if (typeof pattern !== "string") {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `got the pattern ${formatValue(pattern)}; patterns are texts, such as "*.mlp.*"`,
    );
  }
  try {
    return picomatch(pattern, options);
  } catch (cause) {
    const { message } = cause as Error;
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `the pattern ${formatValue(pattern)} is not understood: ${message}; put \\ before a bracket that stands for itself`,
      { cause },
    );
  }
}

/** The pattern that matches this text alone. */
export function literalPattern(text: string): string {
  return text.replace(/[\\*?+@!|^$()[\]{}]/g, "\\$&");
}

const weightSuffix = ".weight";

/**
 * The name of the module whose weight this is: the tensor's name without `.weight`.
 * @throws OctetError `ERR_UNSUPPORTED` for what is not text
 */
export function moduleName(tensor: string): string {
  if (typeof tensor !== "string") {
    throw new OctetError("ERR_UNSUPPORTED", `got ${formatValue(tensor)} for the name of a tensor; pass text`);
  }
  return tensor.endsWith(weightSuffix) ? tensor.slice(0, -weightSuffix.length) : tensor;
}
