import { checkBytes } from "./bytes/check-bytes.ts";
import { findNameProblem } from "./bytes/file-name.ts";
import { OctetError, quote } from "./errors.ts";
import { JsonScanner } from "./header/json-scanner.ts";
import { safetensorsLimits } from "./header/limits.ts";

/**
 * Reads the JSON of a `*.safetensors.index.json`: from each tensor's name to its shard's file name, in the file's order.
 * Fields other than `weight_map` are free.
 *
 * Throws ERR_FORMAT for what is malformed or passes `safetensorsLimits`, for a name that occurs twice, and for a file
 * name that could lead out of the checkpoint's folder.
 */
export function parseShardIndex(index: string | Uint8Array): ReadonlyMap<string, string> {
  const bytes = typeof index === "string" ? encodeIndex(index) : index;
  checkBytes("the shard index", bytes);
  if (bytes.byteLength > safetensorsLimits.headerBytes) {
    const limit = safetensorsLimits.headerBytes;
    throw new OctetError("ERR_FORMAT", `the shard index has ${bytes.byteLength} bytes, the limit is ${limit}`);
  }
  const scanner = new JsonScanner(bytes, "the shard index");
  const fields = new Set<string>();
  let weightMap: ReadonlyMap<string, string> | undefined;
  scanner.readObject("a shard index", (field, position) => {
    if (fields.has(field)) scanner.fail(`the field ${quote(field)} occurs twice`, position);
    if (fields.size === safetensorsLimits.fields) {
      scanner.fail(`there are more than ${safetensorsLimits.fields} fields`, position);
    }
    fields.add(field);
    if (field === "weight_map") weightMap = readWeightMap(scanner);
    else scanner.skipValue();
  });
  scanner.expectEnd();
  return weightMap ?? scanner.fail('there is no "weight_map"', 0);
}

function encodeIndex(index: string): Uint8Array {
  if (!index.isWellFormed()) throw new OctetError("ERR_FORMAT", "the shard index holds half of a surrogate pair");
  return new TextEncoder().encode(index);
}

function readWeightMap(scanner: JsonScanner): ReadonlyMap<string, string> {
  const weightMap = new Map<string, string>();
  scanner.readObject("weight_map", (name, position) => {
    if (name.length > safetensorsLimits.nameLength) {
      scanner.fail(`the name ${quote(name)} is longer than ${safetensorsLimits.nameLength} characters`, position);
    }
    scanner.tensor = name;
    if (weightMap.has(name)) scanner.fail("the name occurs twice", position);
    if (weightMap.size === safetensorsLimits.tensors) {
      scanner.fail(`there are more than ${safetensorsLimits.tensors} tensors`, position);
    }
    const shard = scanner.readString("the shard's file name");
    const problem = findShardProblem(shard);
    if (problem !== undefined) scanner.fail(`the shard's file name ${quote(shard)} ${problem}`);
    weightMap.set(name, shard);
    scanner.tensor = undefined;
  });
  return weightMap;
}

function findShardProblem(name: string): string | undefined {
  return findNameProblem(name) ?? (/[^/]\.safetensors$/.test(name) ? undefined : "is not NAME.safetensors");
}
