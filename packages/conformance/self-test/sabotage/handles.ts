import type { AnyHandle, Tensor } from "@octet/core";
import type { HostData } from "@octet/core/backend";
import type { HostStorage } from "../host-backend.ts";

/** Whether a value is a handle of some backend. */
export function isHandle(value: unknown): value is AnyHandle {
  return typeof value === "object" && value !== null && "backend" in value && "dispose" in value;
}

/** A handle of the reference backend or of the host backend as it is inside. */
export function storageOf(handle: AnyHandle): HostStorage {
  return (handle as unknown as { readonly storage: HostStorage }).storage;
}

/** The data behind such a handle: what the backend works on, not a copy. */
export function hostOf(handle: AnyHandle): HostData {
  return storageOf(handle).host as HostData;
}

/** Whether a handle is that of a tensor, not of codes or a state. */
export function isTensor(handle: AnyHandle): handle is Tensor {
  return "dtype" in handle;
}

/** A handle with some other fields. They can be assigned to, as those of a handle itself cannot. */
export function withFields<Handle extends AnyHandle>(handle: Handle, fields: object): Handle {
  return new Proxy(fields as Handle, {
    get(own, name) {
      if (Object.hasOwn(own, name)) return own[name as never];
      const value: unknown = handle[name as never];
      return typeof value === "function" ? value.bind(handle) : value;
    },
    set: (own, name, value) => Object.hasOwn(own, name) && Reflect.set(own, name, value),
    has: (own, name) => Object.hasOwn(own, name) || name in handle,
  });
}
