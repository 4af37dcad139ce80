import type { Forms, HostOf, Hosts, Op } from "../backend/contract.ts";
import type { Form, StateView } from "../tensors/forms.ts";
import { type HostQuantizedTensor, isHostQuantizedTensor } from "../tensors/host-quantized-tensor.ts";
import type { HostTensor } from "../tensors/host-tensor.ts";
import type { HostRowCodes } from "../tensors/row-codes.ts";
import { isHostRowCodes, rowCodesForm } from "../tensors/row-codes.ts";
import { isHostState, type StateMemory } from "../tensors/state.ts";
import { planOp } from "./plan-op.ts";

type HostInput = HostTensor | HostQuantizedTensor | HostRowCodes | StateMemory | undefined | readonly HostInput[];

/** Runs an op by its definition, on host values that were checked. @throws OctetError as `plan` and `compute` do */
export function computeOp<Inputs extends object, Params extends object, Result>(
  op: Op<Inputs, Params, Result>,
  inputs: Hosts<Inputs>,
  params: Params,
): HostOf<Result> {
  return op.compute(inputs, planOp(op, hostForms(inputs) as Forms<Inputs>, params).params);
}

function hostForms(inputs: object): object {
  return Object.fromEntries(Object.entries(inputs).map(([name, host]) => [name, hostForm(host as HostInput)]));
}

/** The form of a value on the host. */
export function hostForm(host: HostInput): Form | StateView | undefined | readonly unknown[] {
  if (Array.isArray(host)) return host.map(hostForm);
  const value = host as Exclude<HostInput, readonly HostInput[]>;
  if (value === undefined) return undefined;
  if (isHostQuantizedTensor(value)) {
    return { shape: value.quantized.shape, granularity: value.granularity, bits: value.bits };
  }
  if (isHostRowCodes(value)) return rowCodesForm(value);
  if (isHostState(value)) return { ...value, length: (value as StateMemory).length.data[0] } as StateView;
  return { dtype: (value as HostTensor).dtype, shape: (value as HostTensor).shape };
}
