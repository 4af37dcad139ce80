import type { AnyOp } from "../backend/contract.ts";
import { activationCodesOp } from "./activation-codes.ts";

/** Every fused op of core: what a backend may have kernels for, to be faster. */
export const fusedOps: readonly AnyOp[] = [activationCodesOp];
