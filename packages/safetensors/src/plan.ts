import { byteLengthOf } from "./bytes/byte-length.ts";
import { dtypeList, dtypeRank, isSafetensorsDType } from "./dtype.ts";
import { OctetError, quote } from "./errors.ts";
import { safetensorsLimits } from "./header/limits.ts";
import type { TensorInfo, TensorSpec } from "./header/tensor-info.ts";
import { compareUtf8 } from "./header/utf8-order.ts";

/** The texts of `__metadata__`, as pairs or as an object. */
export type MetadataInput = Iterable<readonly [string, string]> | Readonly<Record<string, string>>;

/** A file as it will be, before any data is there. */
export interface FilePlan {
  /** Everything before the data: the length and the padded JSON. */
  readonly head: Uint8Array<ArrayBuffer>;
  /** In file order. */
  readonly tensors: readonly TensorInfo[];
  /** Bytes of the whole file. */
  readonly byteLength: number;
}

/**
 * Lays a file out as the reference writer does, to the byte: tensors by dtype, last of its list first, then by the bytes
 * of their names; compact JSON with `__metadata__` in front; spaces up to a multiple of 8, so that each tensor is aligned.
 *
 * The reference writer puts several metadata entries in no fixed order; here they are sorted by the bytes of their keys.
 * No entries and no metadata are the same thing: the field is left out.
 *
 * Throws ERR_DTYPE, ERR_SHAPE or ERR_FORMAT, naming the tensor, for what the format or `safetensorsLimits` do not allow.
 */
export function planFile(specs: Iterable<TensorSpec>, metadata: MetadataInput = []): FilePlan {
  const tensors = [...describeAll(listSpecs(specs))].sort(
    (left, right) => dtypeRank(right.dtype) - dtypeRank(left.dtype) || compareUtf8(left.name, right.name),
  );
  const parts = new HeaderParts();
  const texts = encodeMetadata(metadata);
  if (texts !== "{}") parts.add(`"__metadata__":${texts}`);
  let end = 0;
  for (const { name, dtype, shape, byteLength } of tensors) {
    const begin = end;
    end += byteLength;
    if (!Number.isSafeInteger(end))
      throw new OctetError("ERR_FORMAT", `tensor ${quote(name)} ends beyond 2^53 - 1 bytes`);
    parts.add(`${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`);
  }
  const head = parts.encode();
  return { head, tensors, byteLength: head.byteLength + end };
}

/** The tensors as an array, each known to have a name. Throws ERR_FORMAT. */
export function listSpecs<Spec extends TensorSpec>(specs: Iterable<Spec>): Spec[] {
  if (typeof specs === "string" || typeof specs?.[Symbol.iterator] !== "function") {
    throw new OctetError(
      "ERR_FORMAT",
      "the tensors are not a list; pass an array of objects with name, dtype and shape",
    );
  }
  const list = [...specs];
  const nameless = list.findIndex((spec) => typeof spec?.name !== "string");
  if (nameless >= 0) {
    throw new OctetError(
      "ERR_FORMAT",
      `tensor ${nameless} of the list has no name; give each tensor a string as its name`,
    );
  }
  return list;
}

function* describeAll(specs: readonly TensorSpec[]): Generator<TensorInfo> {
  const names = new Set<string>();
  for (const { name, dtype, shape } of specs) {
    const refuse = (code: "ERR_FORMAT" | "ERR_DTYPE" | "ERR_SHAPE", problem: string): never => {
      throw new OctetError(code, `tensor ${quote(name)}: ${problem}`);
    };
    if (name === "__metadata__") refuse("ERR_FORMAT", "the format keeps this name for its metadata");
    if (!name.isWellFormed()) refuse("ERR_FORMAT", "the name holds half of a surrogate pair");
    if (name.length > safetensorsLimits.nameLength) {
      refuse("ERR_FORMAT", `the name is longer than ${safetensorsLimits.nameLength} characters`);
    }
    if (names.has(name)) refuse("ERR_FORMAT", "there are two tensors of this name");
    if (names.size === safetensorsLimits.tensors) refuse("ERR_FORMAT", `a file holds at most ${names.size} tensors`);
    names.add(name);
    if (!isSafetensorsDType(dtype)) refuse("ERR_DTYPE", `dtype ${quote(dtype)} is not one of ${dtypeList()}`);
    if (!Array.isArray(shape))
      refuse("ERR_SHAPE", "its shape is not an array; pass one of whole numbers, [] for a scalar");
    if (shape.length > safetensorsLimits.rank)
      refuse("ERR_SHAPE", `it has more than ${safetensorsLimits.rank} dimensions`);
    const dims = Array.from(shape); // a hole becomes undefined
    const wrong = dims.findIndex((dim) => !Number.isSafeInteger(dim) || dim < 0);
    if (wrong >= 0) refuse("ERR_SHAPE", `the dimension ${quote(dims[wrong])} is not a whole number from 0 to 2^53 - 1`);
    const spec = { name, dtype, shape: dims.map(Math.abs) }; // a copy, and no -0
    yield { ...spec, byteLength: byteLengthOf(spec) };
  }
}

function encodeMetadata(metadata: MetadataInput): string {
  if (typeof metadata !== "object" || metadata === null) {
    throw new OctetError(
      "ERR_FORMAT",
      `the metadata is ${quote(metadata)}; pass an object of strings, or pairs of them`,
    );
  }
  const pairs = isIterable(metadata) ? [...metadata] : Object.entries(metadata);
  const seen = new Set<string>();
  for (const pair of pairs) {
    const [key, value] = Array.isArray(pair) ? pair : [pair]; // no pair has no value, which is refused
    const texts = typeof key === "string" && typeof value === "string" && key.isWellFormed() && value.isWellFormed();
    if (!texts) throw new OctetError("ERR_FORMAT", `metadata ${quote(key)}: key and value must be well-formed strings`);
    if (seen.has(key)) throw new OctetError("ERR_FORMAT", `metadata ${quote(key)}: the key occurs twice`);
    seen.add(key);
  }
  if (seen.size > safetensorsLimits.tensors) {
    throw new OctetError(
      "ERR_FORMAT",
      `there are ${seen.size} metadata entries, the limit is ${safetensorsLimits.tensors}`,
    );
  }
  const sorted = [...pairs].sort(([left], [right]) => compareUtf8(left, right));
  return `{${sorted.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)}}`;
}

function isIterable(metadata: MetadataInput): metadata is Iterable<readonly [string, string]> {
  return Symbol.iterator in metadata;
}

/** Collects the members of the header's object, and stops as soon as they pass the limit. */
class HeaderParts {
  readonly #parts: string[] = [];
  #length = 2;

  add(member: string): void {
    this.#parts.push(member);
    this.#length += member.length + 1;
    if (this.#length > safetensorsLimits.headerBytes) this.#refuse();
  }

  /** The 8 bytes of length and the JSON, padded with spaces. */
  encode(): Uint8Array<ArrayBuffer> {
    // For well-formed strings JSON.stringify escapes exactly what the reference writer's serializer escapes.
    const json = new TextEncoder().encode(`{${this.#parts.join(",")}}`);
    const padded = Math.ceil(json.byteLength / 8) * 8;
    if (padded > safetensorsLimits.headerBytes) this.#refuse();
    const head = new Uint8Array(8 + padded).fill(0x20);
    new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
    head.set(json, 8);
    return head;
  }

  #refuse(): never {
    const limit = safetensorsLimits.headerBytes;
    throw new OctetError(
      "ERR_FORMAT",
      `the header takes more than ${limit} bytes; split the tensors into several files`,
    );
  }
}
