import type { LinearActivations } from "@octet/core";
import { isRowCodesForm } from "@octet/core/backend";
import { planFloatLinear } from "./linear-float.ts";
import { planCodesLinear, planIntegerLinear } from "./linear-integer.ts";
import type { FloatOperand, QuantizedOperand, RowCodesOperand } from "./operand.ts";
import type { Plan } from "./plan.ts";
import { weightOf } from "./weight.ts";

interface LinearOperands {
  readonly x: FloatOperand | RowCodesOperand;
  readonly weight: QuantizedOperand | FloatOperand;
  readonly bias?: FloatOperand | undefined;
}

/** `y = x w + bias` in whichever way the activations ask for. */
export function planLinear(
  { x, weight, bias }: LinearOperands,
  { activations }: { readonly activations: LinearActivations },
  output: FloatOperand,
): Plan {
  const operands = { weight: weightOf(weight), bias, output };
  if (isRowCodesForm(x.form)) return planCodesLinear(x as RowCodesOperand, operands);
  const floats = x as FloatOperand;
  return activations === "float" ? planFloatLinear(floats, operands) : planIntegerLinear(floats, activations, operands);
}
