import {
  type AnyOp,
  activationCodesOp,
  activationOp,
  advanceOp,
  dequantizeOp,
  type FloatDType,
  formatValue,
  type Granularity,
  linearOp,
  OctetError,
  type OpCall,
  positionsOp,
  type QuantizedForm,
  quantizeOp,
  quantizeRowsOp,
  readRowsOp,
  type TensorForm,
  writeRowsOp,
} from "@octet/core";

/** Which ops a backend must run to be of use for something. A case that needs only these may not be unsupported: it fails. */
export interface ConformanceProfile {
  readonly name: ProfileName;
  /** What a backend of this profile can do, for people. */
  readonly purpose: string;
  requires(call: OpCall): boolean;
}

export type ProfileName = "layers" | "models";

interface LayerCall {
  readonly x?: TensorForm<FloatDType>;
  readonly tensor?: QuantizedForm;
  readonly weight?: QuantizedForm | TensorForm;
  readonly bias?: TensorForm;
  readonly granularity?: Granularity;
  readonly bits?: number;
  readonly dtype?: string;
  readonly activations?: string;
}

/** Weights in int8 per output channel and float32 activations: the ops that every model of quantized layers needs. */
const layers: ConformanceProfile = {
  name: "layers",
  purpose:
    "quantizes weights in 8 bits per output channel, dequantizes them, and multiplies float32 activations by them",
  requires({ op, inputs, params }) {
    const {
      x,
      tensor,
      weight,
      bias,
      granularity,
      bits = 8,
      dtype,
      activations = "float",
    } = {
      ...inputs,
      ...params,
    } as LayerCall;
    switch (op as AnyOp) {
      case quantizeOp:
        return x?.dtype === "float32" && isPerChannel(granularity) && bits === 8;
      case dequantizeOp:
        return dtype === "float32" && isWeight(tensor);
      case linearOp: {
        const floats = [x?.dtype, dtype ?? x?.dtype, bias?.dtype ?? "float32"];
        return floats.every((type) => type === "float32") && activations === "float" && isWeight(weight);
      }
      default:
        return false;
    }
  },
};

const rowOps: readonly AnyOp[] = [activationOp, quantizeRowsOp, activationCodesOp];
const stateOps: readonly AnyOp[] = [writeRowsOp, readRowsOp, advanceOp, positionsOp];

/**
 * Everything that whole models need besides: activation functions, exact layers, and states that recorded programs move on. A case of
 * programs needs ops on states, so that a backend without states is not asked for programs.
 */
const models: ConformanceProfile = {
  name: "models",
  purpose: "also runs activation functions, exact layers on codes of activations, and programs of ops with states",
  requires(call) {
    const { op, inputs, params } = call;
    if (layers.requires(call) || stateOps.includes(op as AnyOp)) return true;
    const { x, weight } = inputs as LayerCall;
    if (rowOps.includes(op as AnyOp)) return x?.dtype === "float32";
    if ((op as AnyOp) !== linearOp) return false;
    const { activations = "float", dtype = "float32" } = params as LayerCall;
    const exact = activations !== "float" || (x !== undefined && !("dtype" in x));
    return exact && dtype === "float32" && isWeight(weight);
  },
};

export const profiles: Readonly<Record<ProfileName, ConformanceProfile>> = { layers, models };

/** A profile by its name. @throws OctetError `ERR_UNSUPPORTED` */
export function profileOf(name: string): ConformanceProfile {
  if (typeof name === "string" && Object.hasOwn(profiles, name)) return profiles[name as ProfileName];
  throw new OctetError(
    "ERR_UNSUPPORTED",
    `there is no profile ${formatValue(name)}; use ${Object.keys(profiles).join(" or ")}`,
  );
}

function isWeight(weight: QuantizedForm | TensorForm | undefined): boolean {
  return weight !== undefined && "granularity" in weight && isPerChannel(weight.granularity) && weight.bits === 8;
}

function isPerChannel(granularity: Granularity | undefined): boolean {
  return granularity?.kind === "channel" && (granularity.dim === 0 || granularity.dim === -2);
}
