import type { FloatDType } from "@octet/core";
import type { CodeRange } from "@octet/core/backend";
import { bindRange } from "../../layout/buffer-range.ts";
import type { CodeChunk } from "../../layout/code-chunks.ts";
import { KernelParams } from "../../params.ts";
import { eachVariantOnce, type ShaderFeatures, shader } from "../../shader.ts";
import { codeOf } from "../../wgsl/code.ts";
import { codeWord } from "../../wgsl/code-address.ts";
import { decompose } from "../../wgsl/decompose.ts";
import { elementArray, loadElements } from "../../wgsl/load.ts";
import { noteNonFinite } from "../../wgsl/note-non-finite.ts";
import { scaleBits } from "../../wgsl/scale.ts";
import { type CodePlanes, storeCodes } from "../../wgsl/store-codes.ts";
import type { QuantizeTarget, QuantizeTask } from "./task.ts";

/** Who works on a stretch: one invocation, or a workgroup, which reduces through its memory or by subgroups first. */
type Workers = "invocation" | "workgroup" | "subgroups";

interface StretchVariant {
  readonly dtype: FloatDType;
  readonly range: CodeRange;
  readonly planes: CodePlanes;
  /** Whether stretches are whole multiples of 4 elements. */
  readonly vectors: boolean;
  readonly workers: Workers;
}

/** Invocations of a workgroup: each with a stretch of its own, or all on one. */
const lanesApart = 64;
const lanesTogether = 128;

/** The longest stretch that one invocation takes alone on a GPU. */
const maxShortStretch = 256;

/** Longer stretches are spread over several workgroups where there are only few. */
const maxLongStretch = 2 ** 16;
const manyStretches = 64;

/** A CPU that poses as a GPU runs so many invocations as one vector, and for it barriers cost more than elements. */
const softwareVector = 4;

function chooseWorkers(stretches: number, size: number, { software, subgroups }: ShaderFeatures): Workers {
  if (size <= maxShortStretch || (software && stretches >= softwareVector)) return "invocation";
  return subgroups ? "subgroups" : "workgroup";
}

/** Whether stretches of `size` elements, of rows of `cols`, can be quantized in one pass: they begin at a word, and there is work for many. */
export function areStretches(size: number, cols: number, count: number): boolean {
  const aligned = size === cols || (size % 4 === 0 && cols % size === 0);
  return aligned && (size <= maxLongStretch || count >= manyStretches);
}

/** Shifts count in elements of x and words. */
const params = new KernelParams({
  xShift: "u32",
  codesShift: "u32",
  scalesShift: "u32",
  stretches: "u32",
  size: "u32", // elements of a stretch
  cols: "u32",
  quads: "u32",
  stride: "u32", // quads from row to row
  block: "u32",
  plane: "u32", // words from high bytes to low ones
  firstElement: "u32",
  slot: "u32",
});

/**
 * One scale per stretch of a row, or per row: the largest magnitude, the scale, the codes, reading the stretch twice. The maximum is taken
 * of bit patterns, whose order is that of magnitudes, so that no order of reduction changes it.
 */
const stretchesShader = eachVariantOnce(({ dtype, range, planes, vectors, workers }: StretchVariant) => {
  const alone = workers === "invocation";
  const [stretch, first, step] = alone ? ["index", "0u", "1u"] : ["group", "lane", `${lanesTogether}u`];
  const reductions: Readonly<Record<Workers, string>> = {
    invocation: "let amax = largest;",
    workgroup: `atomicMax(&together, largest);
  workgroupBarrier();
  let amax = atomicLoad(&together);`,
    subgroups: `let subgroup_largest = subgroupMax(largest);
  if (subgroupElect()) { atomicMax(&together, subgroup_largest); }
  workgroupBarrier();
  let amax = atomicLoad(&together);`,
  };
  return shader({
    name: `quantize stretches ${dtype} to ${range.lowest}..${range.qmax}${vectors ? " by 4" : ""}, ${workers}`,
    exact: true,
    directives: workers === "subgroups" ? "enable subgroups;" : "",
    params,
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
      noteNonFinite,
      alone ? "" : "var<workgroup> together: atomic<u32>;\n",
    ],
    workgroupSize: [alone ? lanesApart : lanesTogether],
    main: `
  if (${stretch} >= params.stretches) { return; }
  let start = ${stretch} * params.size;
  let end = start + params.size;
  var largest = 0u;
  for (var i = start + ${first} * 4u; i < end; i = i + ${step} * 4u) {
    let magnitudes = load4(i, end) & vec4<u32>(0x7fffffffu);
    largest = max(largest, max(max(magnitudes.x, magnitudes.y), max(magnitudes.z, magnitudes.w)));
  }
  // Apart from the loop above, which nearly always is all there is to do.
  for (var i = select(end, start + ${first} * 4u, largest >= 0x7f800000u); i < end; i = i + ${step} * 4u) {
    note_non_finites(load4(i, end), params.firstElement + i);
  }
  ${reductions[workers]}
  let scale = scale_bits(amax);
  if (${first} == 0u) { scales[params.scalesShift + ${stretch}] = scale; }
  let divisor = divisor_of(scale);
  let row = start / params.cols;
  let first_word = (start - row * params.cols) / 4u;
  // The last stretch of a row also writes the padding.
  let last = end == (row + 1u) * params.cols;
  let end_word = select(first_word + params.size / 4u, params.quads * 4u, last);
  for (var word = first_word + ${first}; word < end_word; word = word + ${step}) {
    let bits = load4(start + (word - first_word) * 4u, end);
    let values = vec4<i32>(
      code_of(bits.x, divisor), code_of(bits.y, divisor), code_of(bits.z, divisor), code_of(bits.w, divisor),
    );
    store_codes(params.codesShift + code_word(row, word), values);
  }`,
  });
});

/** Enqueues the quantization of a chunk in stretches of `size`, of which `areStretches` holds. */
export function quantizeStretches(
  { operation, x, range, planes }: QuantizeTask,
  { codes, scales, layout }: QuantizeTarget,
  { cols, quads, firstElement, endElement, firstByte, endByte }: CodeChunk,
  size: number,
): void {
  const stretches = (endElement - firstElement) / size;
  const workers = chooseWorkers(stretches, size, operation.features);
  const source = bindRange({
    buffer: x.buffer,
    start: firstElement * x.elementBytes,
    end: endElement * x.elementBytes,
  });
  // Rows of two planes are twice as long.
  const copies = planes === "bytes" ? 1 : 2;
  const code = bindRange({ buffer: codes, start: firstByte * copies, end: endByte * copies });
  const scale = bindRange({ buffer: scales, start: (firstElement / size) * 4, end: (endElement / size) * 4 });
  const { range: findings, slot } = operation.findings();
  operation.dispatch(
    stretchesShader({ dtype: x.dtype, range, planes, vectors: size % 4 === 0, workers }),
    {
      xShift: source.shift / x.elementBytes,
      codesShift: code.shift / 4,
      scalesShift: scale.shift / 4,
      stretches,
      size,
      cols,
      quads,
      stride: quads * copies,
      block: layout.block,
      plane: planes === "bytes" ? 0 : quads * 4,
      firstElement,
      slot,
    },
    [source, code, scale, findings],
    workers === "invocation" ? Math.ceil(stretches / lanesApart) : stretches,
  );
}
