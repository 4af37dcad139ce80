import { colorsFor } from "./colors.ts";
import { printable } from "./printable.ts";
import type { OutputStream, Streams } from "./session.ts";

/** The one line that an error gets on standard error. `stream` is what it goes to. */
export function formatErrorLine(
  code: string,
  message: string,
  stream: Pick<OutputStream, "isTTY">,
  env: Streams["env"],
): string {
  return `${colorsFor(stream, env).red("octet:")} ${code}: ${printable(message)}\n`;
}
