import { activation, type FloatDType, type Tensor } from "@octet/core";
import { Module } from "./module.ts";
import { onDevice } from "./tensor-source.ts";

/** `max(x, 0)` */
export class ReLU extends Module {
  /** Of x's shape and dtype, on x's backend; the caller owns it. */
  forward(x: Tensor<FloatDType>): Tensor<FloatDType> {
    return activation(onDevice(x), "relu");
  }
}

/** `x * Phi(x)` with the normal distribution itself, not its tanh approximation: PyTorch's default. */
export class GELU extends Module {
  /** Of x's shape and dtype, on x's backend; the caller owns it. */
  forward(x: Tensor<FloatDType>): Tensor<FloatDType> {
    return activation(onDevice(x), "gelu");
  }

  override extraRepr(): string {
    return "approximate='none'";
  }
}

/** `x * sigmoid(x)` */
export class SiLU extends Module {
  /** Of x's shape and dtype, on x's backend; the caller owns it. */
  forward(x: Tensor<FloatDType>): Tensor<FloatDType> {
    return activation(onDevice(x), "silu");
  }
}
