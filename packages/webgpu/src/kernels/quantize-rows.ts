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

const lanes = 128;

export interface RowsVariant {
  readonly dtype: FloatDType;
  readonly range: CodeRange;
  readonly planes: CodePlanes;
  /** Whether rows are whole multiples of 4 elements. */
  readonly vectors: boolean;
  readonly subgroups: boolean;
}

/**
 * One scale per row, one workgroup per row: the largest magnitude, the scale, the codes, reading the row twice. The maximum is taken of
 * bit patterns, whose order is that of magnitudes, so that no order of reduction changes it.
 */
export const quantizeRowsShader: (rowsVariant: RowsVariant) => Shader = eachVariantOnce(
  ({ dtype, range, planes, vectors, subgroups }) => {
    const reduce = subgroups
      ? "let together = subgroupMax(largest); if (subgroupElect()) { atomicMax(&row_largest, together); }"
      : "atomicMax(&row_largest, largest);";
    return shader({
      name: `quantize rows ${dtype} to ${range.lowest}..${range.qmax}${vectors ? " by 4" : ""}${subgroups ? " subgroups" : ""}`,
      exact: true,
      directives: subgroups ? "enable subgroups;" : "",
      params: [
        "x_shift",
        "codes_shift",
        "scales_shift",
        "rows",
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
        "var<workgroup> row_largest: atomic<u32>;\n",
      ],
      workgroupSize: [lanes],
      main: `
  if (group >= params.rows) { return; }
  let start = group * params.cols;
  let end = start + params.cols;
  var largest = 0u;
  for (var i = start + lane * 4u; i < end; i = i + ${lanes * 4}u) {
    let bits = load4(i, end);
    let magnitudes = bits & vec4<u32>(0x7fffffffu);
    let most = max(max(magnitudes.x, magnitudes.y), max(magnitudes.z, magnitudes.w));
    if (most >= 0x7f800000u) { note_faults(bits, params.first_element + i); }
    largest = max(largest, most);
  }
  ${reduce}
  workgroupBarrier();
  let scale = scale_bits(atomicLoad(&row_largest));
  if (lane == 0u) { scales[params.scales_shift + group] = scale; }
  let divisor = divisor_of(scale);
  for (var word = lane; word < params.quads * 4u; word = word + ${lanes}u) {
    let bits = load4(start + word * 4u, end);
    let values = vec4<i32>(
      code_of(bits.x, divisor), code_of(bits.y, divisor), code_of(bits.z, divisor), code_of(bits.w, divisor),
    );
    store_codes(params.codes_shift + code_word(group, word), values);
  }`,
    });
  },
);

/** Enqueues the quantization of the rows of a chunk. */
export function quantizeRows(
  { operation, x, range, planes, features }: QuantizeTask,
  { codes, scales, layout }: QuantizeTarget,
  chunk: CodeChunk,
): void {
  const { rows, cols, quads, firstElement, endElement } = chunk;
  const vectors = cols % 4 === 0;
  const source = bindRange({
    buffer: x.buffer,
    start: firstElement * x.elementBytes,
    end: endElement * x.elementBytes,
  });
  const firstRow = cols === 0 ? 0 : firstElement / cols;
  // Rows of two planes are twice as long.
  const stretch = planes === "bytes" ? 1 : 2;
  const code = bindRange({ buffer: codes, start: chunk.firstByte * stretch, end: chunk.endByte * stretch });
  const scale = bindRange({ buffer: scales, start: firstRow * 4, end: (firstRow + rows) * 4 });
  const { range: findings, slot } = operation.findings();
  operation.launch(
    quantizeRowsShader({ dtype: x.dtype, range, planes, vectors, subgroups: features.subgroups }),
    [
      source.shift / x.elementBytes,
      code.shift / 4,
      scale.shift / 4,
      rows,
      cols,
      quads,
      quads * stretch,
      layout.block,
      planes === "bytes" ? 0 : quads * 4,
      firstElement,
      slot,
    ],
    [source, code, scale, findings],
    rows,
  );
}
