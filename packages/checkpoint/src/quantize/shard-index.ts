import { isJsonObject, type JsonObject } from "../bytes/json.ts";

/** The text of a `*.safetensors.index.json`: the input's metadata with the new `total_size`, and the file of each tensor, by name. */
export function createShardIndex(input: JsonObject, totalSize: number, weightMap: ReadonlyMap<string, string>): string {
  const metadata = { ...(isJsonObject(input.metadata) ? input.metadata : {}), total_size: totalSize };
  const metadataText = JSON.stringify(metadata, null, 2).replaceAll("\n", "\n  ");
  // Member by member: an object would put the name "10" before "a", and lose "__proto__".
  const members = [...weightMap.keys()]
    .sort()
    .map((name) => `    ${JSON.stringify(name)}: ${JSON.stringify(weightMap.get(name))}`);
  return `{\n  "metadata": ${metadataText},\n  "weight_map": {\n${members.join(",\n")}\n  }\n}\n`;
}
