import { isFloatDType } from "@octet/core";
import type { LaunchCall } from "@octet/core/backend";
import type { Storage } from "./storage.ts";

/** Whether a launch looks for elements that are not finite: integers, and codes of activations, always are. */
export function looksForNonFinite({ finite }: LaunchCall<Storage>): boolean {
  return finite.some(({ form }) => isFloatDType(form.dtype));
}
