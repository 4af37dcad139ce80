import { dirname, join } from "node:path";
import { readRegularFile } from "@octet/safetensors/node";
import { type JsonObject, parsePythonJsonObject } from "../bytes/json.ts";
import { configFile, configLimit } from "../open/open-input.ts";

/**
 * Reads the config.json beside a file that is quantized alone, for the architecture, which the file does not name. The config may belong
 * to something else. So this returns null when it cannot read it, and drops what it says of quantization.
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
