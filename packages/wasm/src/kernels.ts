import {
  activationOp,
  advanceOp,
  dequantizeOp,
  linearOp,
  positionsOp,
  quantizeOp,
  quantizeRowsOp,
  readRowsOp,
  writeRowsOp,
} from "@octet/core";
import { Kernels, setLengthOp } from "@octet/core/backend";
import { planActivation } from "./launches/activation.ts";
import { planDequantize } from "./launches/dequantize.ts";
import { planLinear } from "./launches/linear.ts";
import type { Plan } from "./launches/plan.ts";
import { planQuantize } from "./launches/quantize.ts";
import { planQuantizeRows } from "./launches/quantize-rows.ts";
import { planReadRows } from "./launches/read-rows.ts";
import { planAdvance, planPositions, planSetLength } from "./launches/state-length.ts";
import { planWriteRows } from "./launches/write-rows.ts";
import type { Storage } from "./memory/storage.ts";

/** The ops that run here, in every combination that their definitions allow. */
export const kernels: Kernels<Storage, Plan> = new Kernels<Storage, Plan>()
  .add(quantizeOp, planQuantize)
  .add(dequantizeOp, planDequantize)
  .add(linearOp, planLinear)
  .add(activationOp, planActivation)
  .add(quantizeRowsOp, planQuantizeRows)
  .add(writeRowsOp, planWriteRows)
  .add(advanceOp, planAdvance)
  .add(positionsOp, planPositions)
  .add(readRowsOp, planReadRows)
  .add(setLengthOp, planSetLength);
