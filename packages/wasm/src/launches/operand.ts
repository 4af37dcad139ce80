import type { FloatDType, QuantizedForm, RowCodesForm, TensorForm } from "@octet/core";
import type { Operand, StateOperand } from "@octet/core/backend";
import type { Storage } from "../memory/storage.ts";

export type FloatOperand = Operand<TensorForm<FloatDType>, Storage>;
export type TensorOperand = Operand<TensorForm, Storage>;
export type QuantizedOperand = Operand<QuantizedForm, Storage>;
export type RowCodesOperand = Operand<RowCodesForm, Storage>;
export type WasmState = StateOperand<Storage>;
