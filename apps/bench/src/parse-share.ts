import { InvalidArgumentError } from "commander";

/** The value of the option `--share`. */
export function parseShare(text: string): number {
  const share = Number(text);
  if (!(share >= 0)) throw new InvalidArgumentError("A number of milliseconds is wanted.");
  return share;
}
