/** One warning for all that have the same problem, which names the first; none where there are none. */
export function warnOf(names: readonly string[], problem: string): string[] {
  if (names.length === 0) return [];
  const more = names.length > 1 ? ` and ${names.length - 1} more` : "";
  return [`${names[0]}${more}: ${problem}`];
}
