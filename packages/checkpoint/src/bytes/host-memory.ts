import { OctetError } from "@octet/core";

/** Matches the errors that V8, SpiderMonkey and JavaScriptCore throw when memory is too small for an array. */
const noRoom = /allocation|allocate|out of memory|array (?:buffer )?(?:length|size)|invalid (?:typed )?array/i;

/** Runs `work`. @throws OctetError `ERR_OUT_OF_MEMORY`, naming what was worked on, where the host's own memory runs out */
export async function inHostMemory<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof RangeError && noRoom.test(cause.message))) throw cause;
    const message = `there is no memory left for ${what} (${cause.message}); free some, or work on a smaller part`;
    throw new OctetError("ERR_OUT_OF_MEMORY", message, { cause });
  }
}
