import { readFile } from "node:fs/promises";
import { OctetError } from "@octet/core";
import { bytesSource, openSafetensors } from "@octet/safetensors";
import type { ConformanceCase } from "../case.ts";
import { goldenCases } from "../golden/index.ts";

/**
 * The cases of the golden vectors in `path`, a `.json` file, with the tensors in the `.safetensors` file of the same name beside it.
 * Both are read into memory: golden vectors are megabytes.
 * @throws OctetError `ERR_UNAVAILABLE` for a file that cannot be read, `ERR_FORMAT` for one that does not hold what it should
 */
export async function loadGoldenManifest(path: string): Promise<ConformanceCase[]> {
  if (!path.endsWith(".json")) {
    throw new OctetError(
      "ERR_FORMAT",
      `got the manifest ${path}; use the .json file that lies beside its .safetensors file`,
    );
  }
  const manifest = parse(await read(path), path);
  const tensors = await openSafetensors(bytesSource(await read(path.replace(/json$/, "safetensors"))));
  return goldenCases(manifest, tensors);
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
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
