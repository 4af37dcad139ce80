import {
  type ActivationKind,
  activationCodesOp,
  activationOp,
  advanceOp,
  dequantizeOp,
  type FloatDType,
  type Granularity,
  type LinearParams,
  linearOp,
  type OpCall,
  positionsOp,
  type QuantizedForm,
  quantizeOp,
  quantizeRowsOp,
  type RowCodesForm,
  type RowCodesKind,
  readRowsOp,
  type StateForm,
  type TensorForm,
  writeRowsOp,
} from "@octet/core";

/** Calls of ops by their forms, as `supports` is asked about them. */

/** Takes the types off a call, so that calls of different ops fit one list. */
export function asCall<Inputs extends object, Params extends object, Result>(
  call: OpCall<Inputs, Params, Result>,
): OpCall {
  return call as unknown as OpCall;
}

export function quantizeCall(
  dtype: FloatDType,
  shape: readonly number[],
  granularity: Granularity,
  bits: number,
): OpCall {
  return asCall({ op: quantizeOp, inputs: { x: { dtype, shape } }, params: { granularity, bits } });
}

export function dequantizeCall(tensor: QuantizedForm, dtype: FloatDType): OpCall {
  return asCall({ op: dequantizeOp, inputs: { tensor }, params: { dtype } });
}

export function activationCall(dtype: FloatDType, shape: readonly number[], kind: ActivationKind): OpCall {
  return asCall({ op: activationOp, inputs: { x: { dtype, shape } }, params: { kind } });
}

/** `weight` may be as a host value or a row of the suite describes it: only its form counts. */
export function linearCall(
  x: TensorForm<FloatDType> | RowCodesForm,
  weight: QuantizedForm | TensorForm<FloatDType>,
  bias: TensorForm<FloatDType> | undefined,
  params: LinearParams,
): OpCall {
  return asCall({ op: linearOp, inputs: { x, weight, bias }, params });
}

export function quantizeRowsCall(dtype: FloatDType, shape: readonly number[], activations: RowCodesKind): OpCall {
  return asCall({ op: quantizeRowsOp, inputs: { x: { dtype, shape } }, params: { activations } });
}

export function activationCodesCall(
  dtype: FloatDType,
  shape: readonly number[],
  kind: ActivationKind,
  activations: RowCodesKind,
): OpCall {
  return asCall({ op: activationCodesOp, inputs: { x: { dtype, shape } }, params: { kind, activations } });
}

/** One call of each op on a state of this form. */
export function stateCalls({ slots, capacity, chunk }: StateForm): OpCall[] {
  const state = { slots, capacity, ...(chunk !== undefined && { chunk }), length: 0 };
  return [
    asCall({ op: advanceOp, inputs: { state }, params: { count: 1 } }),
    asCall({ op: positionsOp, inputs: { state }, params: { count: 1 } }),
    ...slots.flatMap(({ name, dtype, shape, keep = 1 }) => [
      asCall({ op: writeRowsOp, inputs: { x: { dtype, shape: [1, ...shape] }, state }, params: { slot: name } }),
      asCall({ op: readRowsOp, inputs: { state }, params: { slot: name, count: Math.min(keep, 1) } }),
    ]),
  ];
}

/** A call for people: `linear {"x":{"dtype":"float32","shape":[1,8]},...}`. */
export function formatCall({ op, inputs, params }: OpCall): string {
  return `${op.name} of ${JSON.stringify({ ...inputs, ...params })}`;
}
