import type { CodeRange, FloatDType } from "@octet/core";
import { bindRange } from "../buffer-range.ts";
import type { CodeChunk } from "../code-chunks.ts";
import { eachVariantOnce, type Shader, shader } from "../shader.ts";
import { codeOf } from "../wgsl/code.ts";
import { codeWord } from "../wgsl/code-address.ts";
import { decompose } from "../wgsl/decompose.ts";
import { elementArray, loadElements } from "../wgsl/load.ts";
import { noteFault } from "../wgsl/note-fault.ts";
import { scaleBits } from "../wgsl/scale.ts";
import { type CodePlanes, storeCodes } from "../wgsl/store-codes.ts";
import type { QuantizeTarget, QuantizeTask } from "./quantize-task.ts";

const lanes = 64;

/** The longest group that one invocation takes alone. */
export const maxShortGroup = 256;

export interface GroupsVariant {
  readonly dtype: FloatDType;
  readonly range: CodeRange;
  readonly planes: CodePlanes;
  readonly vectors: boolean;
}

/** One scale per short stretch of a row, one invocation per stretch: no barrier, and many stretches at once. */
export const quantizeGroupsShader: (groupsVariant: GroupsVariant) => Shader = eachVariantOnce(
  ({ dtype, range, planes, vectors }) => {
    return shader({
      name: `quantize groups ${dtype} to ${range.lowest}..${range.qmax}${vectors ? " by 4" : ""}`,
      exact: true,
      params: [
        "x_shift",
        "codes_shift",
        "scales_shift",
        "groups",
        "size",
        "cols",
        "quads",
        "stride",
        "block",
        "plane",
        "first_element",
        "slot",
      ],
      buffers: [
        ["x", "read", elementArray(dtype, vectors)],
        ["codes", "read_write", "array<u32>"],
        ["scales", "read_write", "array<u32>"],
        ["findings", "read_write", "array<atomic<u32>>"],
      ],
      pieces: [
        decompose,
        loadElements(dtype, vectors),
        scaleBits(range.qmax),
        codeOf(range),
        codeWord,
        storeCodes[planes],
        noteFault,
      ],
      workgroupSize: [lanes],
      main: `
  if (index >= params.groups) { return; }
  let start = index * params.size;
  let end = start + params.size;
  var largest = 0u;
  for (var i = start; i < end; i = i + 4u) {
    let bits = load4(i, end);
    let magnitudes = bits & vec4<u32>(0x7fffffffu);
    let most = max(max(magnitudes.x, magnitudes.y), max(magnitudes.z, magnitudes.w));
    if (most >= 0x7f800000u) { note_faults(bits, params.first_element + i); }
    largest = max(largest, most);
  }
  let scale = scale_bits(largest);
  scales[params.scales_shift + index] = scale;
  let divisor = divisor_of(scale);
  let row = start / params.cols;
  let first_word = (start - row * params.cols) / 4u;
  // The last group of a row also writes the padding.
  let last = end == (row + 1u) * params.cols;
  let end_word = select(first_word + params.size / 4u, params.quads * 4u, last);
  for (var word = first_word; word < end_word; word = word + 1u) {
    let bits = load4(start + (word - first_word) * 4u, end);
    let values = vec4<i32>(
      code_of(bits.x, divisor), code_of(bits.y, divisor), code_of(bits.z, divisor), code_of(bits.w, divisor),
    );
    store_codes(params.codes_shift + code_word(row, word), values);
  }`,
    });
  },
);

/** Enqueues the quantization of a chunk in groups of `size`: of whole rows, or of a multiple of 4 that divides the rows. */
export function quantizeGroups(
  { operation, x, range, planes }: QuantizeTask,
  { codes, scales, layout }: QuantizeTarget,
  chunk: CodeChunk,
  size: number,
): void {
  const { cols, quads, firstElement, endElement } = chunk;
  const groups = (endElement - firstElement) / size;
  const vectors = size % 4 === 0;
  const source = bindRange({
    buffer: x.buffer,
    start: firstElement * x.elementBytes,
    end: endElement * x.elementBytes,
  });
  // Rows of two planes are twice as long.
  const stretch = planes === "bytes" ? 1 : 2;
  const code = bindRange({ buffer: codes, start: chunk.firstByte * stretch, end: chunk.endByte * stretch });
  const scale = bindRange({ buffer: scales, start: (firstElement / size) * 4, end: (endElement / size) * 4 });
  const { range: findings, slot } = operation.findings();
  operation.launch(
    quantizeGroupsShader({ dtype: x.dtype, range, planes, vectors }),
    [
      source.shift / x.elementBytes,
      code.shift / 4,
      scale.shift / 4,
      groups,
      size,
      cols,
      quads,
      quads * stretch,
      layout.block,
      planes === "bytes" ? 0 : quads * 4,
      firstElement,
      slot,
    ],
    [source, code, scale, findings],
    Math.ceil(groups / lanes),
  );
}
