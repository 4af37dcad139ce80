import picocolors from "picocolors";
import type { OutputStream, Streams } from "../session.ts";

/** `1 tensor`, `12,345 tensors`. */
export function countNoun(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Decibels with one decimal; `∞` when nothing was lost. */
export function formatDecibels(value: number): string {
  return value === Infinity ? "∞" : value.toFixed(1);
}

/** Three digits, which is all that a table needs of an error: `0.0213`, `5.82e-11`. */
export function formatError(value: number): string {
  return value === 0 ? "0" : value < 1e-3 ? value.toExponential(2) : value.toPrecision(3);
}

/** A shape as tables show it: `256×704`, and `scalar` for a tensor without axes. */
export function formatShape(shape: readonly number[]): string {
  return shape.length === 0 ? "scalar" : shape.join("×");
}

/** Shortens to `width` characters by taking out the middle: the end of a tensor's name says more than its middle. */
export function truncateMiddle(text: string, width: number): string {
  if (text.length <= width) return text;
  const tail = Math.ceil((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}

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

/** Functions that colour a text, or leave it as it is where colours are not wanted. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Colours on a terminal. A non-empty NO_COLOR turns them off everywhere; else FORCE_COLOR, other than 0, turns them on. */
export function colorsFor(stream: Pick<OutputStream, "isTTY">, env: Streams["env"]): Colors {
  return picocolors.createColors(wantsColor(stream, env));
}

function wantsColor(stream: Pick<OutputStream, "isTTY">, { NO_COLOR, FORCE_COLOR, TERM }: Streams["env"]): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return stream.isTTY === true && TERM !== "dumb";
}

/** The one line that an error gets on standard error. `stream` is what it goes to. */
export function formatErrorLine(
  code: string,
  message: string,
  stream: Pick<OutputStream, "isTTY">,
  env: Streams["env"],
): string {
  return `${colorsFor(stream, env).red("octet:")} ${code}: ${printable(message)}\n`;
}

/** Parses an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
