import type { Backend, HostQuantizedTensor, HostTensor, QuantizedTensor, Tensor } from "@octet/core";

/** Replaces one method of a backend by a function that gets the original, already bound. */
export function patch<Name extends "upload" | "download" | "quantize" | "dequantize" | "linear" | "activation">(
  backend: Backend,
  name: Name,
  wrap: (original: Backend[Name]) => (...parameters: never[]) => unknown,
): void {
  const original = backend[name].bind(backend) as Backend[Name];
  Object.defineProperty(backend, name, { value: wrap(original), configurable: true });
}

/** The ops that make tensors out of tensors. */
export const opNames = ["quantize", "dequantize", "linear", "activation"] as const;

/** Calls `after` with the result of every op and with the op's operands. */
export function afterEveryOp(
  backend: Backend,
  after: (result: AnyTensor, operands: readonly AnyTensor[]) => void,
): void {
  for (const name of opNames) {
    patch(backend, name, (original) => (...parameters) => {
      const result = (original as (...values: unknown[]) => AnyTensor)(...parameters);
      const operands = (parameters as readonly unknown[]).filter((value): value is AnyTensor => isTensor(value));
      after(result, operands);
      return result;
    });
  }
}

export type AnyTensor = Tensor | QuantizedTensor;

/** A tensor with some other fields. They can be assigned to, as those of a tensor of the reference backend cannot. */
export function withFields(tensor: AnyTensor, fields: object): AnyTensor {
  return new Proxy(fields as AnyTensor, {
    get(own, name) {
      if (Object.hasOwn(own, name)) return own[name as never];
      const value: unknown = tensor[name as never];
      return typeof value === "function" ? value.bind(tensor) : value;
    },
    set: (own, name, value) => Object.hasOwn(own, name) && Reflect.set(own, name, value),
    has: (own, name) => Object.hasOwn(own, name) || name in tensor,
  });
}

/** A method of a backend, for wrappers that do not look at its parameters. */
export type AnyFunction = (...parameters: unknown[]) => AnyTensor | Promise<unknown>;

function isTensor(value: unknown): boolean {
  return typeof value === "object" && value !== null && "backend" in value;
}

/** The data behind a tensor of the reference backend: what it works on, not a copy. */
export function hostOf(tensor: Tensor): HostTensor;
export function hostOf(tensor: QuantizedTensor): HostQuantizedTensor;
export function hostOf(tensor: AnyTensor): HostTensor | HostQuantizedTensor;
export function hostOf(tensor: AnyTensor): HostTensor | HostQuantizedTensor {
  return (tensor as unknown as { readonly host: HostTensor | HostQuantizedTensor }).host;
}
