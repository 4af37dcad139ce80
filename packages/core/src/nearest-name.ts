/** The name that `text` was most likely meant to be, or undefined when it resembles none. Case does not count. */
export function nearestName(text: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const edits = countEdits(text.toLowerCase(), name.toLowerCase());
    if (edits >= least || edits > Math.max(text.length, name.length) / 2) continue;
    nearest = name;
    least = edits;
  }
  return nearest;
}

/** The fewest letters to insert, remove or replace that turn `from` into `to` (Levenshtein's distance). */
function countEdits(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = above[column - 1] + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, above[column] + 1, current[column - 1] + 1));
    }
    above = current;
  }
  return above[to.length];
}
