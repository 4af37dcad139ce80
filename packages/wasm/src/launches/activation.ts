import { type ActivationKind, sizeOf } from "@octet/core";
import { activateBlocks } from "../generated/kernels.ts";
import type { FloatOperand } from "./operand.ts";
import { type Plan, planOf } from "./plan.ts";

/** Elements. */
const block = 16384;

/** An element-wise function of x. */
export function planActivation(
  { x }: { readonly x: FloatOperand },
  { kind }: { readonly kind: ActivationKind },
  output: FloatOperand,
): Plan {
  const { dtype, shape } = x.form;
  const size = sizeOf(shape);
  const record = { x: x.storage.address, output: output.storage.address, size, block, dtype, kind };
  return planOf(activateBlocks({ items: Math.ceil(size / block), grain: 1 }, record));
}
