import { type Backend, type FloatDType, formatValue, OctetError, type Tensor } from "@octet/core";
import { Module } from "./module.ts";

/** `max(x, 0)` */
export class ReLU extends Module {
  /** Of x's shape and dtype, on x's backend; the caller owns it. */
  forward(x: Tensor<FloatDType>): Tensor<FloatDType> {
    return backendOf(x).activation(x, "relu");
  }
}

/** `x * Phi(x)` with the normal distribution itself, not its tanh approximation: PyTorch's default. */
export class GELU extends Module {
  /** Of x's shape and dtype, on x's backend; the caller owns it. */
  forward(x: Tensor<FloatDType>): Tensor<FloatDType> {
    return backendOf(x).activation(x, "gelu");
  }

  override extraRepr(): string {
    return "approximate='none'";
  }
}

/** `x * sigmoid(x)` */
export class SiLU extends Module {
  /** Of x's shape and dtype, on x's backend; the caller owns it. */
  forward(x: Tensor<FloatDType>): Tensor<FloatDType> {
    return backendOf(x).activation(x, "silu");
  }
}

/** @throws OctetError `ERR_FOREIGN_TENSOR` for what is not on a device */
function backendOf(x: Tensor<FloatDType>): Backend {
  if (typeof x?.backend?.activation === "function") return x.backend;
  throw new OctetError(
    "ERR_FOREIGN_TENSOR",
    `got ${formatValue(x)}; pass a tensor of a backend: backend.upload(x) makes one`,
  );
}
