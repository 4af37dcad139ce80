import { type DType, type FloatDType, isFloatDType, type writeRowsOp } from "@octet/core";
import { bindRange } from "../../layout/buffer-range.ts";
import { rowsStep } from "../../layout/rows-step.ts";
import { KernelParams } from "../../params.ts";
import { eachVariantOnce, shader } from "../../shader.ts";
import type { KernelOf } from "../../storage.ts";
import { noteNonFinite } from "../../wgsl/note-non-finite.ts";
import { lengthRange, slotParamTypes, slotParts, slotRows } from "./slot-rows.ts";

const lanes = 64;

const params = new KernelParams({
  ...slotParamTypes,
  xShift: "u32", // bytes
  rows: "u32", // of x that are bound
  firstRow: "u32",
  slot: "u32",
});

/** `note(bits, word, row)`: looks at a word of a row of x. The element of a half that is padding is not one of x. */
const notes: Readonly<Record<FloatDType, string>> = {
  float32: `
fn note(bits: u32, word: u32, row: u32) {
  if ((bits & 0x7f800000u) == 0x7f800000u) { note_non_finite(row * params.rowWords + word); }
}
`,
  float16: noteHalves("0x7c00u"),
  bfloat16: noteHalves("0x7f80u"),
};

function noteHalves(exponent: string): string {
  return `
fn note(bits: u32, word: u32, row: u32) {
  let elements = params.rowBytes / 2u;
  for (var half = 0u; half < 2u; half = half + 1u) {
    let element = word * 2u + half;
    let isInfinite = ((bits >> (half * 16u)) & ${exponent}) == ${exponent};
    if (isInfinite && element < elements) { note_non_finite(row * elements + element); }
  }
}
`;
}

/** `word_at(byte)`: four bytes of x. Rows that are not whole words may start anywhere in one. */
const wordAt = {
  aligned: `
fn word_at(byte: u32) -> u32 { return x[byte / 4u]; }
`,
  anywhere: `
fn word_at(byte: u32) -> u32 {
  let shift = (byte % 4u) * 8u;
  let low = x[byte / 4u] >> shift;
  if (shift == 0u) { return low; }
  return low | (x[byte / 4u + 1u] << (32u - shift));
}
`,
};

/** An invocation moves a word of a row. Its padding is arbitrary. */
const writeRowsShader = eachVariantOnce((checked: FloatDType | "integers", place: keyof typeof wordAt) => {
  const isChecked = checked !== "integers";
  return shader({
    name: `write rows of ${checked}${place === "aligned" ? " by words" : ""}`,
    exact: true,
    params,
    buffers: [
      ["x", "read", "array<u32>"],
      ["length", "read", "array<u32>"],
      ["memory", "read_write", "array<u32>"],
      ...(isChecked ? ([["findings", "read_write", "array<atomic<u32>>"]] as const) : []),
    ],
    pieces: [wordAt[place], ...(isChecked ? [noteNonFinite, notes[checked]] : [])],
    workgroupSize: [lanes],
    main: `
  if (index >= params.rows * params.rowWords) { return; }
  let row = index / params.rowWords;
  let word = index - row * params.rowWords;
  let place = (length[0] + params.firstRow + row) % params.physicalRows;
  if (place < params.boundRow || place >= params.endRow) { return; }
  let bits = word_at(params.xShift + row * params.rowBytes + word * 4u);
  memory[params.memoryShift + (place - params.boundRow) * params.rowWords + word] = bits;
  ${isChecked ? "note(bits, word, params.firstRow + row);" : ""}`,
  });
});

/** x as the rows after the state's length, which the device knows. Bytes moved: x and the rows once. */
export const writeRowsKernel: KernelOf<typeof writeRowsOp> = ({ x, state }, { slot: name }) => {
  const [count] = x.form.shape;
  const rows = slotRows(state, name);
  const { rowBytes, rowWords } = rows;
  const write = writeRowsShader(checkedAs(x.form.dtype), rowBytes % 4 === 0 ? "aligned" : "anywhere");
  return (operation) => {
    const { maxRangeBytes } = operation;
    const step = rowsStep(maxRangeBytes, rowBytes, 1, "a row of x");
    const length = lengthRange(state);
    const parts = slotParts(rows, maxRangeBytes);
    for (let firstRow = 0; firstRow < count; firstRow += step) {
      const end = Math.min(firstRow + step, count);
      const source = bindRange({ buffer: x.storage.data, start: firstRow * rowBytes, end: end * rowBytes });
      for (const { range, params } of parts) {
        const { range: findings, slot } = isFloatDType(x.form.dtype)
          ? operation.findings()
          : { range: undefined, slot: 0 };
        operation.dispatch(
          write,
          { ...params, xShift: source.shift, rows: end - firstRow, firstRow, slot },
          findings === undefined ? [source, length, range] : [source, length, range, findings],
          Math.ceil(((end - firstRow) * rowWords) / lanes),
        );
      }
    }
  };
};

function checkedAs(dtype: DType): FloatDType | "integers" {
  return isFloatDType(dtype) ? dtype : "integers";
}
