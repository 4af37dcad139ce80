/**
 * A regular expression for the output that a document shows. It must match to the character, except for blanks at the end of
 * lines, and for `…`, which stands for any characters, or on a line of its own for any lines.
 */
export function outputPattern(expected: string): RegExp {
  const lines = trimLines(expected).split("\n");
  const pattern = lines.map((line) =>
    line.trim() === "…" ? "(?:.*\\n)*?" : `${line.split("…").map(escapePattern).join(".*")}\\n`,
  );
  return new RegExp(`^${pattern.join("")}$`);
}

const escapePattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Output as it is compared: no blanks at the end of a line, one line break at the end. */
export function trimLines(output: string): string {
  return output.replaceAll(/[ \t]+$/gm, "").trimEnd();
}

/** Whether what was printed is what the document shows. */
export function matchesOutput(printed: string, expected: string): boolean {
  return outputPattern(expected).test(`${trimLines(printed)}\n`);
}
