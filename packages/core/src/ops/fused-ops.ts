import type { AnyOp } from "../backend/contract.ts";
import { activationCodesOp } from "./activation-codes.ts";

/** Every fused op of core. A backend may have kernels for them, to be faster. */
export const fusedOps: readonly AnyOp[] = [activationCodesOp];
