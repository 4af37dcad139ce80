/**
 * Text from a file or an error as it may reach a terminal: on one line, and without control characters, which a hostile name could
 * use to rewrite the screen.
 */
export function printable(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, " ")
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => {
      return `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`;
    });
}
