import { dirname, join } from "node:path";
import { readRegularFile } from "@octet/safetensors/node";
import { type JsonObject, parsePythonJsonObject } from "../bytes/json.ts";
import { configFile, configLimit } from "../open/open-input.ts";

/**
 * The config.json beside a file that is quantized alone: it tells the architecture, which the file does not. It may as well belong to
 * something else, so it is not an error when it cannot be read, is not a regular file or is too large, and what it says of quantization is left out.
 */
export async function readNeighbourConfig(file: string): Promise<JsonObject | null> {
  try {
    const bytes = await readRegularFile(join(dirname(file), configFile), configLimit);
    const config = parsePythonJsonObject(new TextDecoder().decode(bytes), configFile);
    return { ...config, quantization_config: null, compression_config: null };
  } catch {
    return null;
  }
}
