import type { JsonObject } from "../bytes/json.ts";

/** A member whose value is null says nothing; left in, it would stand beside ours. */
const nullMember =
  /,\s*"(?:quantization_config|compression_config)"\s*:\s*null|"(?:quantization_config|compression_config)"\s*:\s*null\s*,?/g;

/**
 * The text of a config.json with `quantization_config` as its last member. Everything else stays as it is written, which parsing and
 * printing again would not give: `10000.0`, a float to Python, would become the integer `10000`.
 *
 * `text` is known to be a JSON object that has no `quantization_config`, or null; null stands for a config that does not exist.
 */
export function addQuantizationConfig(text: string | null, quantizationConfig: JsonObject): string {
  const kept = (text ?? "{}").replace(nullMember, "").trimEnd();
  const members = kept.slice(0, -1).trimEnd();
  const separator = members.trimStart() === "{" ? "" : ",";
  const json = JSON.stringify(quantizationConfig, null, 2).replaceAll("\n", "\n  ");
  return `${members}${separator}\n  "quantization_config": ${json}\n}\n`;
}
