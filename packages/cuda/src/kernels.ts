import {
  activationKinds,
  activationOp,
  bitRange,
  dequantizeOp,
  type FloatDType,
  floatDTypes,
  type Granularity,
  type LinearActivations,
  linearOp,
  quantizeOp,
  quantizeRowsOp,
  scaleLayout,
  scaleShape,
  sizeOf,
} from "@octet/core";
import { isQuantizedForm, isRowCodesForm, Kernels } from "@octet/core/backend";
import type { NativeBuffer } from "./addon.ts";
import { codeLayout } from "./code-layout.ts";
import type { Launch } from "./launches.ts";
import { addStateKernels } from "./state-kernels.ts";
import type { Storage } from "./storage.ts";

const codesIndex = 3;
const activationBits: Readonly<Record<LinearActivations, 0 | 8 | 16>> = { float: 0, int8: 8, int16: 16 };

const indexOf = (dtype: FloatDType): number => floatDTypes.indexOf(dtype);

/** What each op launches. All calls of these ops run, on any shape; fused ops are composed of them. */
export const kernels: Kernels<Storage, Launch> = addStateKernels(new Kernels<Storage, Launch>())
  .add(quantizeOp, ({ x }, { granularity, bits }, { storage }) => {
    const { highest, lowest } = bitRange(bits);
    return {
      kernel: "quantize",
      x: x.storage.data,
      dtype: indexOf(x.form.dtype),
      ...scaleLayout(granularity, x.form.shape),
      qmax: highest,
      lowest,
      codes: storage.data,
      scales: storage.scales as NativeBuffer,
    };
  })
  .add(dequantizeOp, ({ tensor: { form, storage } }, { dtype }, output) => ({
    kernel: "dequantize",
    codes: storage.data,
    scales: storage.scales as NativeBuffer,
    ...scaleLayout(form.granularity, form.shape),
    y: output.storage.data,
    dtype: indexOf(dtype),
  }))
  .add(activationOp, ({ x }, { kind }, output) => ({
    kernel: "activation",
    x: x.storage.data,
    y: output.storage.data,
    size: sizeOf(x.form.shape),
    dtype: indexOf(x.form.dtype),
    kind: activationKinds.indexOf(kind),
  }))
  .add(quantizeRowsOp, ({ x }, { activations }, { form, storage }) => {
    const { rows, columns, pitch } = codeLayout(form);
    return {
      kernel: "quantizeRows",
      x: x.storage.data,
      codes: storage.data,
      scales: storage.scales as NativeBuffer,
      ...{ rows, columns, pitch },
      dtype: indexOf(x.form.dtype),
      bits: activationBits[activations] as 8 | 16,
    };
  })
  .add(linearOp, ({ x, weight, bias }, { activations, dtype }, output) => {
    const [n, k] = weight.form.shape as readonly [number, number];
    const codes = isRowCodesForm(x.form) ? codeLayout(x.form) : undefined;
    return {
      kernel: "linear",
      ...{ m: sizeOf(x.form.shape.slice(0, -1)), n, k },
      x: x.storage.data,
      xDtype: isRowCodesForm(x.form) ? 0 : indexOf(x.form.dtype),
      rowScales: codes && x.storage.scales,
      pitch: codes?.pitch ?? 0,
      weight: weight.storage.data,
      ...(isQuantizedForm(weight.form)
        ? {
            weightDtype: codesIndex,
            scales: weight.storage.scales,
            scaleCount: sizeOf(scaleShape(weight.form.granularity, weight.form.shape)),
            group: groupOf(weight.form.granularity),
          }
        : { weightDtype: indexOf(weight.form.dtype), scaleCount: 0, group: 0 }),
      bias: bias?.storage.data,
      biasDtype: bias === undefined ? 0 : indexOf(bias.form.dtype),
      y: output.storage.data,
      dtype: indexOf(dtype),
      activationBits: activationBits[activations],
    };
  });

function groupOf(granularity: Granularity): number {
  return granularity.kind === "group" ? granularity.size : 0;
}
