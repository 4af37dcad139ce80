import { OctetError } from "@octet/core";

/** A place that holds a value of interest: a field, or an element of an array in a field. */
export interface Slot<T> {
  /** `fc`, or `layers.0` for an element of an array. */
  readonly name: string;
  readonly value: T;
  /** Puts another value in this place. @throws OctetError `ERR_UNSUPPORTED` when the place cannot be written */
  put(value: T): void;
}

/**
 * The slots of an object's own enumerable fields, in the order in which they were set. Arrays are looked into, however deep; Maps,
 * plain objects and `#private` fields are not.
 */
export function* ownSlots<T>(owner: object, holds: (value: unknown) => value is T): Generator<Slot<T>> {
  // Elements by index: an array of a million tokens in a field would make as many strings otherwise.
  for (const [key, value] of Array.isArray(owner) ? owner.entries() : Object.entries(owner)) {
    if (holds(value)) yield { name: `${key}`, value, put: (replacement) => assign(owner, key, replacement) };
    else if (Array.isArray(value)) {
      for (const slot of ownSlots(value, holds)) yield { ...slot, name: `${key}.${slot.name}` };
    }
  }
}

function assign(owner: object, key: string | number, value: unknown): void {
  try {
    (owner as Record<string, unknown>)[key] = value;
  } catch (cause) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `the field "${key}" cannot be written; keep modules that are to be replaced in fields and arrays that are not frozen`,
      { cause },
    );
  }
}
