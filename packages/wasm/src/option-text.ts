/** The value of an option as an error message shows it: the text "2" differs from the number 2. */
export function optionText(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  return value == null || typeof value === "number" ? String(value) : `${String(value)} (a ${typeof value})`;
}
