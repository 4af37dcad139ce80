import picocolors from "picocolors";
import type { OutputStream, Streams } from "./session.ts";

/** What colours a text, or leaves it as it is where colours are not wanted. */
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
