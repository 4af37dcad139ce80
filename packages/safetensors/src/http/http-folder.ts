import type { ByteFolder } from "../bytes/byte-folder.ts";
import type { OwnedByteSource } from "../bytes/byte-source.ts";
import { addressInFolder, parseAddress } from "./http-address.ts";
import { type HttpOptions, readHttpOptions } from "./http-options.ts";
import { openHttpSource } from "./http-source.ts";
import { HttpStatusError } from "./http-status-error.ts";

export interface HttpFolder extends ByteFolder {
  /**
   * A source over this file, as `httpSource` makes it; null when the server answers 404 or 410. It is a closure: pass it on as it is.
   * Rejects as `httpSource` does, and with ERR_FORMAT for a name that could lead out of the folder.
   */
  open(name: string): Promise<OwnedByteSource | null>;
}

/**
 * A folder of an HTTP server, whose files are asked for by name. No name leads out of it, so the options' headers go only to addresses
 * below `baseUrl`, and where the server itself redirects to on that origin. The query of `baseUrl` goes with each file. All files
 * together make at most 6 requests at once.
 *
 * Throws ERR_UNSUPPORTED for what is not an http address, or an option that does not exist.
 */
export function httpFolder(baseUrl: string | URL, options: HttpOptions = {}): HttpFolder {
  const folder = parseAddress(baseUrl);
  const settings = readHttpOptions(options);
  return {
    async open(name) {
      try {
        return await openHttpSource(addressInFolder(folder, name), settings);
      } catch (error) {
        if (error instanceof HttpStatusError && [404, 410].includes(error.status)) return null;
        throw error;
      }
    },
  };
}
