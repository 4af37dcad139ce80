import { type FloatDType, formatValue, OctetError, type Tensor } from "@octet/core";
import { isModule, type Layer, Module } from "./module.ts";
import { onDevice } from "./tensor-source.ts";

/**
 * Layers one after the other. They are the fields "0", "1", and so on, which gives them their names: `sequential[0]`.
 */
export class Sequential extends Module {
  [index: number]: Layer;
  /** The number of layers. */
  readonly length: number;

  /** @throws OctetError `ERR_UNSUPPORTED` for what is not a module with a forward */
  constructor(...layers: readonly Layer[]) {
    super();
    layers.forEach(validateLayer);
    this.length = layers.length;
    layers.forEach((layer, index) => {
      this[index] = layer;
    });
  }

  *[Symbol.iterator](): Generator<Layer> {
    for (let index = 0; index < this.length; index++) yield this[index];
  }

  /**
   * Runs the layers in order. The caller owns the result; what lies between two layers is disposed as soon as it is consumed, also
   * when a later layer throws; x is left alone. Without layers the result is x itself.
   * @throws OctetError `ERR_FOREIGN_TENSOR` for what is not on a device, and as the layers do
   */
  forward(x: Tensor<FloatDType>): Tensor<FloatDType> {
    let current = onDevice(x);
    for (const layer of this) {
      const input = current;
      try {
        current = layer.forward(input);
      } catch (error) {
        if (input !== x) input.dispose();
        throw error;
      }
      if (input !== x && input !== current) input.dispose();
    }
    return current;
  }
}

function validateLayer(layer: Layer, index: number): void {
  if (isModule(layer) && typeof layer.forward === "function") return;
  const got = Array.isArray(layer) ? "an array" : formatValue(layer);
  throw new OctetError("ERR_UNSUPPORTED", `layer ${index} is ${got}; pass modules one by one: new Sequential(a, b)`);
}
