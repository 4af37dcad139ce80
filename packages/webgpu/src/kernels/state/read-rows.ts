import type { readRowsOp } from "@octet/core";
import { bindRange } from "../../layout/buffer-range.ts";
import { KernelParams } from "../../params.ts";
import { eachVariantOnce, shader } from "../../shader.ts";
import type { KernelOf } from "../../storage.ts";
import { lengthRange, slotParamTypes, slotParts, slotRows } from "./slot-rows.ts";

const lanes = 64;

const params = new KernelParams({
  ...slotParamTypes,
  yShift: "u32", // words
  words: "u32", // of y that are bound
  firstWord: "u32",
  count: "i32", // rows
  merge: "u32", // 1 where earlier launches have filled in other rows
});

/** The bits of a word of y from `start`, its first byte, on. Rows that are not whole words follow each other without padding. */
const gather = {
  aligned: `
  let row = start / params.rowBytes;
  let bits = memory_word(first + i32(row), (start - row * params.rowBytes) / 4u);`,
  anywhere: `
  var bits = 0u;
  for (var byte = 0u; byte < 4u; byte = byte + 1u) {
    let row = (start + byte) / params.rowBytes;
    let column = start + byte - row * params.rowBytes;
    let word = memory_word(first + i32(row), column / 4u);
    bits = bits | (((word >> ((column % 4u) * 8u)) & 0xffu) << (byte * 8u));
  }`,
};

/** An invocation makes a word of y. */
const readRowsShader = eachVariantOnce((place: keyof typeof gather) => {
  return shader({
    name: `read rows${place === "aligned" ? " by words" : ""}`,
    exact: true,
    params,
    buffers: [
      ["memory", "read", "array<u32>"],
      ["length", "read", "array<u32>"],
      ["y", "read_write", "array<u32>"],
    ],
    pieces: [
      `
fn memory_word(position: i32, word: u32) -> u32 {
  let place = u32(max(position, 0i)) % params.physicalRows;
  if (position < 0i || place < params.boundRow || place >= params.endRow) { return 0u; }
  return memory[params.memoryShift + (place - params.boundRow) * params.rowWords + word];
}
`,
    ],
    workgroupSize: [lanes],
    main: `
  if (index >= params.words) { return; }
  let first = i32(length[0]) - params.count;
  let start = (params.firstWord + index) * 4u;
  ${gather[place].trim()}
  let at = params.yShift + index;
  y[at] = select(0u, y[at], params.merge == 1u) | bits;`,
  });
});

/** The rows of the last positions, oldest first; those before position 0 are zeroes. Bytes moved: the rows and y once. */
export const readRowsKernel: KernelOf<typeof readRowsOp> = ({ state }, { slot, count }, { storage: y }) => {
  const rows = slotRows(state, slot);
  const words = Math.ceil((count * rows.rowBytes) / 4);
  const read = readRowsShader(rows.rowBytes % 4 === 0 ? "aligned" : "anywhere");
  return (operation) => {
    const { maxRangeBytes } = operation;
    const step = Math.floor(maxRangeBytes / 4);
    const length = lengthRange(state);
    const parts = slotParts(rows, maxRangeBytes);
    for (let firstWord = 0; firstWord < words; firstWord += step) {
      const end = Math.min(firstWord + step, words);
      const target = bindRange({ buffer: y.data, start: firstWord * 4, end: end * 4 });
      for (const [part, { range, params }] of parts.entries()) {
        operation.dispatch(
          read,
          { ...params, yShift: target.shift / 4, words: end - firstWord, firstWord, count, merge: part === 0 ? 0 : 1 },
          [range, length, target],
          Math.ceil((end - firstWord) / lanes),
        );
      }
    }
  };
};
