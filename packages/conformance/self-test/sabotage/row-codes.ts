import { activationCodesOp, activationOp, hostTensor, quantizeRowsOp } from "@octet/core";
import type { Definitions } from "../definitions.ts";
import type { Sabotage } from "./sabotage.ts";

/** Codes of activations with wrong scales, and a fused op that is not the sequence of its parts. */
export const rowCodesSabotages: readonly Sabotage[] = [
  { fault: "shared-row-scale", define: shareRowScale },
  { fault: "unrounded-fusion", define: fuseWithoutRounding },
];

/** Codes are right, but all rows get the largest scale. */
function shareRowScale(definitions: Definitions): void {
  definitions.replace(quantizeRowsOp, (inputs, params, compute) => {
    const { activations, codes, scale } = compute(inputs, params);
    return { activations, codes, scale: hostTensor("float32", scale.shape, scale.data.fill(Math.max(...scale.data))) };
  });
}

/** The fused op keeps the result of its activation in float32. */
function fuseWithoutRounding(definitions: Definitions): void {
  definitions.replace(activationCodesOp, ({ x }, { kind, activations }) => {
    const wide = hostTensor("float32", x.shape, x.values());
    return quantizeRowsOp.compute({ x: activationOp.compute({ x: wide }, { kind }) }, { activations });
  });
}
