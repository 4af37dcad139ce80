import { formatValue, OctetError } from "@octet/core";
import picomatch from "picomatch/posix.js";

/** The first of the patterns that matches, or undefined. */
export type NameMatcher = (tensor: string) => string | undefined;

const options: picomatch.PicomatchOptions = {
  // Names hold dots, not slashes: with this a star crosses both.
  bash: true,
  dot: true,
  // `!x` would select everything else, which nobody who writes a list of exceptions wants.
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
 * `*` is any run of characters, dots included; `?`, `[0-9]`, `{q,k,v}_proj`, `{8..15}` and `@(a|b)` are as in a shell. Case counts. An empty
 * pattern matches nothing.
 * @throws OctetError `ERR_UNSUPPORTED` for what is not a pattern
 */
export function createNameMatcher(patterns: readonly string[]): NameMatcher {
  const matchers = patterns
    .filter((pattern) => pattern !== "")
    .map((pattern) => ({ pattern, matches: compile(pattern) }));
  return (tensor) => {
    const module = moduleName(tensor);
    const names = [tensor, module, module.slice(module.lastIndexOf(".") + 1)];
    return matchers.find(({ matches }) => names.some((name) => matches(name)))?.pattern;
  };
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
    throw new OctetError("ERR_UNSUPPORTED", `the pattern ${formatValue(pattern)} is not understood: ${message}`, {
      cause,
    });
  }
}

const weightSuffix = ".weight";

/** The name of the module whose weight this is: the tensor's name without `.weight`. */
export function moduleName(tensor: string): string {
  return tensor.endsWith(weightSuffix) ? tensor.slice(0, -weightSuffix.length) : tensor;
}
