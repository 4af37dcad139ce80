import { dtypeList, isSafetensorsDType, type SafetensorsDType } from "../dtype.ts";
import { quote } from "../errors.ts";
import { JsonScanner } from "./json-scanner.ts";
import { safetensorsLimits } from "./limits.ts";

/** A tensor as the header states it; nothing is checked yet against the other tensors and the file. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  /** First byte of its data, counted from the end of the header. */
  readonly begin: number;
  /** The byte after its last one. */
  readonly end: number;
}

export interface Header {
  /** In the header's order. */
  readonly entries: readonly HeaderEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads the JSON of a header. Throws ERR_FORMAT for everything that the format forbids, duplicate names included, and
 * for what passes `safetensorsLimits`; the message names the tensor.
 */
export function parseHeader(bytes: Uint8Array): Header {
  const scanner = new JsonScanner(bytes, "the header");
  const entries = new Map<string, HeaderEntry>();
  let metadata: ReadonlyMap<string, string> | undefined;
  if (bytes[0] !== 0x7b) scanner.fail('a header must start with "{"');
  scanner.readObject("a header", (name, position) => {
    if (name === "__metadata__") {
      if (metadata !== undefined) scanner.fail("__metadata__ occurs twice", position);
      metadata = readMetadata(scanner);
      return;
    }
    if (name.length > safetensorsLimits.nameLength) {
      scanner.fail(`the name ${quote(name)} is longer than ${safetensorsLimits.nameLength} characters`, position);
    }
    scanner.tensor = name;
    if (entries.has(name)) scanner.fail("there are two tensors of this name", position);
    if (entries.size === safetensorsLimits.tensors) {
      scanner.fail(`there are more than ${safetensorsLimits.tensors} tensors`, position);
    }
    entries.set(name, readEntry(scanner, name));
    scanner.tensor = undefined;
  });
  scanner.expectEnd();
  return { entries: [...entries.values()], metadata: metadata ?? new Map() };
}

function readEntry(scanner: JsonScanner, name: string): HeaderEntry {
  const fields: string[] = []; // few, so that searching it is cheaper than a Set for each of many tensors
  let dtype: SafetensorsDType | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  const start = scanner.position;
  scanner.readObject("its description", (field, position) => {
    if (fields.includes(field)) scanner.fail(`its field ${quote(field)} occurs twice`, position);
    if (fields.length === safetensorsLimits.fields) {
      scanner.fail(`it has more than ${safetensorsLimits.fields} fields`, position);
    }
    fields.push(field);
    if (field === "dtype") dtype = readDType(scanner);
    else if (field === "shape") shape = readIntegers(scanner, "a dimension", "shape", safetensorsLimits.rank);
    else if (field === "data_offsets") offsets = readIntegers(scanner, "an offset", "data_offsets", 2);
    else scanner.skipValue();
  });
  if (dtype === undefined) return scanner.fail("it has no dtype", start);
  if (shape === undefined) return scanner.fail("it has no shape", start);
  if (offsets === undefined) return scanner.fail("it has no data_offsets", start);
  if (offsets.length !== 2) return scanner.fail(`data_offsets must hold 2 numbers, found ${offsets.length}`, start);
  return { name, dtype, shape, begin: offsets[0], end: offsets[1] };
}

function readDType(scanner: JsonScanner): SafetensorsDType {
  const position = scanner.position;
  const dtype = scanner.readString("dtype");
  if (!isSafetensorsDType(dtype)) {
    return scanner.fail(`${quote(dtype)} is not a dtype of the format; there are ${dtypeList()}`, position);
  }
  return dtype;
}

function readIntegers(scanner: JsonScanner, what: string, field: string, limit: number): number[] {
  const integers: number[] = [];
  scanner.readArray(field, () => {
    if (integers.length === limit) scanner.fail(`${field} holds more than ${limit} numbers`);
    integers.push(scanner.readUnsigned(what));
  });
  return integers;
}

/** `null` stands for no metadata, as in the reference implementation. */
function readMetadata(scanner: JsonScanner): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  if (scanner.readNull()) return metadata;
  scanner.readObject("__metadata__", (key, position) => {
    if (metadata.has(key)) scanner.fail(`the key ${quote(key)} of __metadata__ occurs twice`, position);
    if (metadata.size === safetensorsLimits.tensors) {
      scanner.fail(`there are more than ${safetensorsLimits.tensors} entries in __metadata__`, position);
    }
    metadata.set(key, scanner.readString("a value of __metadata__"));
  });
  return metadata;
}
