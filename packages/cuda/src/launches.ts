import type { NativeBuffer } from "./addon.ts";

/** What a field of a launch holds: device memory, one of the findings' places in such memory, or a number. */
export type FieldType = "memory" | "optional memory" | "finding" | "int64" | "int32";

/**
 * The fields of each launch, declared for both sides. `scripts/write-launch-records.ts` writes the structs of C++ from this table
 * (`native/kernels/launch-records.h`), and `launch-record.ts` fills them in, so that no other place lists these fields.
 *
 * A dtype is its place in core's `floatDTypes`; codes are 3. Element `(o * channels + c) * inner + i` of a tensor uses scale `c`.
 */
export const launches = {
  quantize: {
    x: "memory",
    codes: "memory",
    scales: "memory",
    finding: "finding",
    outer: "int64",
    channels: "int64",
    inner: "int64",
    dtype: "int32",
    /** Codes reach from `lowest` to `qmax`. */
    qmax: "int32",
    lowest: "int32",
  },
  dequantize: {
    codes: "memory",
    scales: "memory",
    y: "memory",
    outer: "int64",
    channels: "int64",
    inner: "int64",
    /** Of y. */
    dtype: "int32",
  },
  activation: {
    x: "memory",
    y: "memory",
    /** Elements. */
    size: "int64",
    dtype: "int32",
    /** The place in core's `activationKinds`. */
    kind: "int32",
  },
  quantizeRows: {
    x: "memory",
    /** One plane of bytes for 8 bits, two for 16; see `code-layout.ts`. */
    codes: "memory",
    scales: "memory",
    finding: "finding",
    rows: "int64",
    columns: "int64",
    /** Bytes from row to row of a plane. */
    pitch: "int64",
    dtype: "int32",
    /** 8 or 16 */
    bits: "int32",
  },
  linear: {
    /** Floats, or codes as `quantizeRows` makes them where there are `rowScales`. */
    x: "memory",
    rowScales: "optional memory",
    weight: "memory",
    /** Of codes: one, one per row, or one per group of `group` elements along a row. */
    scales: "optional memory",
    bias: "optional memory",
    y: "memory",
    finding: "finding",
    m: "int64",
    n: "int64",
    k: "int64",
    scaleCount: "int64",
    /** Elements along a row that share a scale; 0: all of them. */
    group: "int64",
    /** Bytes from row to row of x's codes. */
    pitch: "int64",
    xDtype: "int32",
    weightDtype: "int32",
    biasDtype: "int32",
    /** Of y. */
    dtype: "int32",
    /** 8 or 16: x is quantized per row, exactly. 0: x stays as it is. */
    activationBits: "int32",
  },
  writeRows: {
    x: "memory",
    rows: "memory",
    length: "memory",
    finding: "finding",
    /** Rows to write. */
    count: "int64",
    rowBytes: "int64",
    /** Bytes from row to row of the state, a multiple of 4. */
    stride: "int64",
    /** Rows that the state has memory for: the row of position p is row p % physicalRows. */
    physicalRows: "int64",
    /** Of floats, which must be finite; -1 for others. */
    dtype: "int32",
  },
  readRows: {
    rows: "memory",
    length: "memory",
    y: "memory",
    count: "int64",
    rowBytes: "int64",
    stride: "int64",
    physicalRows: "int64",
  },
  positions: { length: "memory", y: "memory", count: "int64" },
  advance: { length: "memory", count: "int32" },
  setLength: { length: "memory", value: "int32" },
  /** Copies the first of `count` records that found something to `first`; a clear one where none did. */
  firstFinding: { records: "memory", first: "finding", count: "int64" },
} as const;

/** A record of a finding: bytes `offset` and following of `records`. */
export interface FindingPlace {
  readonly records: NativeBuffer;
  readonly offset: number;
}

export type LaunchName = keyof typeof launches;

type Fields = typeof launches;

type ValueOf<Type> = Type extends "memory"
  ? NativeBuffer
  : Type extends "optional memory"
    ? NativeBuffer | undefined
    : Type extends "finding"
      ? FindingPlace | undefined
      : number;

type RequiredFields<Name extends LaunchName> = {
  readonly [Field in keyof Fields[Name] as Fields[Name][Field] extends "memory" | "int64" | "int32"
    ? Field
    : never]: ValueOf<Fields[Name][Field]>;
};

type OptionalFields<Name extends LaunchName> = {
  readonly [Field in keyof Fields[Name] as Fields[Name][Field] extends "optional memory" | "finding"
    ? Field
    : never]?: ValueOf<Fields[Name][Field]>;
};

/** One launch: the name of its kernels and its fields. The caller that launches it fills in `finding`. */
export type Launch = {
  readonly [Name in LaunchName]: { readonly kernel: Name } & RequiredFields<Name> & OptionalFields<Name>;
}[LaunchName];
