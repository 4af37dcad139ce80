import { OctetError } from "@octet/core";
import { bytesSource, openSafetensors, safetensorsLimits } from "@octet/safetensors";
import { readRegularFile } from "@octet/safetensors/node";
import type { ConformanceCase } from "../case.ts";
import { goldenCases } from "../golden/index.ts";

/** The largest file of tensors, in bytes: golden vectors are megabytes. */
const tensorsLimit = 2 ** 30;

/**
 * The cases of the golden vectors in `path`, a `.json` file, with the tensors in the `.safetensors` file of the same name beside it.
 * Both are read into memory, after a look at their size.
 * @throws OctetError `ERR_UNAVAILABLE` for a file that cannot be read; `ERR_FORMAT` for one that does not hold what it should, is larger
 * than 100 MB (the manifest) or 1 GiB (the tensors), or is not a regular file
 */
export async function loadGoldenManifest(path: string): Promise<ConformanceCase[]> {
  if (typeof path !== "string" || !path.endsWith(".json")) {
    throw new OctetError(
      "ERR_FORMAT",
      `got the manifest ${String(path)}; use the .json file that lies beside its .safetensors file`,
    );
  }
  const manifest = parse(await read(path, safetensorsLimits.headerBytes), path);
  const tensors = await read(path.replace(/json$/, "safetensors"), tensorsLimit);
  return goldenCases(manifest, await openSafetensors(bytesSource(tensors)));
}

async function read(path: string, limit: number): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, limit);
  } catch (cause) {
    if (OctetError.isInstance(cause)) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file or folder (ENOENT)" : message;
    throw new OctetError("ERR_UNAVAILABLE", `cannot read ${path}: ${reason}`, { cause });
  }
}

function parse(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new OctetError("ERR_FORMAT", `${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
}
