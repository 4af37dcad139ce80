import { OctetError } from "@octet/core";

/** Runs `work`, and says in front of what Octet refuses in it where that was: `model.safetensors`, `layer "a"`. */
export async function inContext<T>(where: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!OctetError.isInstance(error)) throw error;
    throw new OctetError(error.code, `${where}: ${error.message}`, { cause: error });
  }
}
