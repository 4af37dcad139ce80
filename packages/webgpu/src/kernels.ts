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
import { activationKernel } from "./kernels/activation.ts";
import { dequantizeKernel } from "./kernels/dequantize.ts";
import { linearKernel } from "./kernels/linear/linear.ts";
import { quantizeKernel } from "./kernels/quantize/quantize.ts";
import { quantizeRowsKernel } from "./kernels/quantize/quantize-rows.ts";
import { advanceKernel, positionsKernel, setLengthKernel } from "./kernels/state/counts.ts";
import { readRowsKernel } from "./kernels/state/read-rows.ts";
import { writeRowsKernel } from "./kernels/state/write-rows.ts";
import type { Launch, Storage } from "./storage.ts";

/** What runs on a GPUDevice. Every kernel takes whatever its op's `plan` lets through. */
export const kernels: Kernels<Storage, Launch> = new Kernels<Storage, Launch>()
  .add(quantizeOp, quantizeKernel)
  .add(dequantizeOp, dequantizeKernel)
  .add(quantizeRowsOp, quantizeRowsKernel)
  .add(linearOp, linearKernel)
  .add(activationOp, activationKernel)
  .add(writeRowsOp, writeRowsKernel)
  .add(advanceOp, advanceKernel)
  .add(positionsOp, positionsKernel)
  .add(readRowsOp, readRowsKernel)
  .add(setLengthOp, setLengthKernel);
