import { OctetError } from "@octet/core";

export interface Unavailable {
  /** The reason. */
  readonly unavailable: string;
}

/** Opens something, or says why it cannot run here: a backend that needs what this machine lacks. Other errors are thrown. */
export async function openIfAvailable<T>(open: () => Promise<T>): Promise<T | Unavailable> {
  try {
    return await open();
  } catch (error) {
    if (OctetError.isInstance(error) && error.code === "ERR_UNAVAILABLE") return { unavailable: error.message };
    throw error;
  }
}
