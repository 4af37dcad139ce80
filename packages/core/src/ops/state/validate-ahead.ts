import { OctetError } from "../../errors.ts";
import { formatValue } from "../../format-value.ts";
import type { StateView } from "../../tensors/forms.ts";

/** Whether a state has room for `count` positions after its length. @throws OctetError `ERR_RANGE` */
export function validateAhead({ length, capacity, chunk = capacity }: StateView, count: number): void {
  if (!Number.isInteger(count) || count < 0 || count > chunk) {
    throw new OctetError("ERR_RANGE", `got ${formatValue(count)} positions at once; this state takes 0 to ${chunk}`);
  }
  if (length + count <= capacity) return;
  throw new OctetError(
    "ERR_RANGE",
    `the state has ${length} positions and ${count} more would pass its capacity, ${capacity}; truncate it or make a larger one`,
  );
}
