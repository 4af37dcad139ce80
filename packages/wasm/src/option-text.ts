/** What was passed for an option, as an error message shows it: the text "2" is told from the number 2. */
export function optionText(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return value === null || typeof value === "number" ? String(value) : `${String(value)} (a ${typeof value})`;
}
