import picomatch from "picomatch";

/**
 * Whether an id of a case is chosen by the globs of `--filter`: by one of them at least, where there are any without a `!`, and by none
 * that has one. `*` matches any run of characters, slashes included.
 */
export function createIdFilter(globs: readonly string[]): (id: string) => boolean {
  const options = { bash: true, dot: true, nonegate: true };
  const chosen = globs.filter((glob) => !glob.startsWith("!"));
  const left = globs.filter((glob) => glob.startsWith("!")).map((glob) => glob.slice(1));
  const isChosen = chosen.length === 0 ? () => true : picomatch(chosen, options);
  const isLeftOut = left.length === 0 ? () => false : picomatch(left, options);
  return (id) => isChosen(id) && !isLeftOut(id);
}
