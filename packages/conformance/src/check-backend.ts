import { type Backend, validateBackend } from "@octet/core";

/**
 * What a factory gave, if it can be run at all: without this, a missing method would fail every case with the same words. What is
 * refused is disposed, if it can be.
 * @throws OctetError `ERR_UNAVAILABLE`
 */
export function checkBackend(value: Backend): Backend {
  const given: Partial<Backend> = value ?? {};
  try {
    validateBackend(given as Backend);
  } catch (error) {
    try {
      given.dispose?.();
    } catch {} // what it throws says nothing new
    throw error;
  }
  return value;
}
