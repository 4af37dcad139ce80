import picomatch from "picomatch/posix.js";

/** The first of the patterns that matches, or undefined. */
export type NameMatcher = (tensor: string) => string | undefined;

// Names hold dots, not slashes: with `bash` a star crosses both. `!x` would select everything else, which nobody who skips wants.
const options: picomatch.PicomatchOptions = { bash: true, dot: true, nonegate: true };

/**
 * Globs over the names of weights. A pattern is tried on the tensor's name (`model.layers.0.mlp.gate.weight`), on the name of its
 * module (`model.layers.0.mlp.gate`) and on the last part of that (`gate`), and must match the whole of one of them. So `lm_head` finds
 * the head at any depth, `*.gate.weight` only what has something in front of it, and `*norm*` whatever has norm anywhere in its name.
 *
 * `*` is any run of characters, dots included; `?`, `[0-9]`, `{q,k,v}_proj` and `@(a|b)` are as in a shell. Case counts. An empty
 * pattern matches nothing.
 */
export function createNameMatcher(patterns: readonly string[]): NameMatcher {
  const matchers = patterns
    .filter((pattern) => pattern !== "")
    .map((pattern) => ({ pattern, matches: picomatch(pattern, options) }));
  return (tensor) => {
    const module = moduleName(tensor);
    const names = [tensor, module, module.slice(module.lastIndexOf(".") + 1)];
    return matchers.find(({ matches }) => names.some((name) => matches(name)))?.pattern;
  };
}

const weightSuffix = ".weight";

/** The name of the module whose weight this is: the tensor's name without `.weight`. */
export function moduleName(tensor: string): string {
  return tensor.endsWith(weightSuffix) ? tensor.slice(0, -weightSuffix.length) : tensor;
}
