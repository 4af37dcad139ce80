import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type JsonObject, parsePythonJsonObject } from "../json.ts";
import { configFile } from "../open-input.ts";

/**
 * The config.json beside a file that is quantized alone: it tells the architecture, which the file does not. It may as well belong to
 * something else, so it is no error when it cannot be read, and what it says of quantization is left out.
 */
export async function readNeighbourConfig(file: string): Promise<JsonObject | null> {
  try {
    const config = parsePythonJsonObject(await readFile(join(dirname(file), configFile), "utf8"), configFile);
    return { ...config, quantization_config: null, compression_config: null };
  } catch {
    return null;
  }
}
