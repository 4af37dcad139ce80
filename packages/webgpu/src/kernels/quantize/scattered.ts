import type { FloatDType, ScaleLayout } from "@octet/core";
import type { CodeRange } from "@octet/core/backend";
import { bindRange } from "../../layout/buffer-range.ts";
import type { CodeChunk } from "../../layout/code-chunks.ts";
import { KernelParams } from "../../params.ts";
import { eachVariantOnce, shader } from "../../shader.ts";
import { codeOf } from "../../wgsl/code.ts";
import { codeWord } from "../../wgsl/code-address.ts";
import { decompose } from "../../wgsl/decompose.ts";
import { elementArray, loadElements } from "../../wgsl/load.ts";
import { noteNonFinite } from "../../wgsl/note-non-finite.ts";
import { storeCodes } from "../../wgsl/store-codes.ts";
import { writeScales } from "./scales.ts";
import type { QuantizeTarget, QuantizeTask } from "./task.ts";

/*
 * Any granularity: per tensor, by columns, groups that start in the middle of a word. Three passes: the largest magnitude of every
 * channel (into the buffer of scales, as bits), the scales, the codes.
 */

const lanes = 256;

/** Elements that a workgroup looks at for the maximum. */
const span = 8192;

const maximaParams = new KernelParams({
  xShift: "u32", // elements
  boundChannel: "u32", // the first channel of the scales that are bound
  count: "u32",
  channels: "u32",
  inner: "u32",
  firstElement: "u32",
  slot: "u32",
});

const maximaShader = eachVariantOnce((dtype: FloatDType) => {
  return shader({
    name: `channel maxima ${dtype}`,
    exact: true,
    params: maximaParams,
    buffers: [
      ["x", "read", elementArray(dtype, false)],
      ["scales", "read_write", "array<atomic<u32>>"],
      ["findings", "read_write", "array<atomic<u32>>"],
    ],
    pieces: [
      loadElements(dtype, false),
      noteNonFinite,
      `
fn channel_of(i: u32) -> u32 { return ((params.firstElement + i) / params.inner) % params.channels; }
fn raise(channel: u32, magnitude: u32) {
  // Most are not the largest: looking first keeps writers apart.
  let at = channel - params.boundChannel;
  if (atomicLoad(&scales[at]) < magnitude) { atomicMax(&scales[at], magnitude); }
}
`,
    ],
    workgroupSize: [lanes],
    main: `
  let start = group * ${span}u;
  let end = min(start + ${span}u, params.count);
  var channel = 0u;
  var largest = 0u;
  for (var i = start + lane; i < end; i = i + ${lanes}u) {
    let bits = load(i);
    let magnitude = bits & 0x7fffffffu;
    if (magnitude >= 0x7f800000u) { note_non_finite(params.firstElement + i); }
    let next = channel_of(i);
    if (next != channel) {
      if (largest > 0u) { raise(channel, largest); }
      channel = next;
      largest = 0u;
    }
    largest = max(largest, magnitude);
  }
  if (largest > 0u) { raise(channel, largest); }`,
  });
});

const codesParams = new KernelParams({
  xShift: "u32", // elements
  codesShift: "u32", // words
  boundChannel: "u32",
  rows: "u32",
  cols: "u32",
  quads: "u32",
  stride: "u32", // quads from row to row
  block: "u32",
  channels: "u32",
  inner: "u32",
  firstElement: "u32",
});

const codesShader = eachVariantOnce((dtype: FloatDType, range: CodeRange) => {
  return shader({
    name: `channel codes ${dtype} to ${range.lowest}..${range.qmax}`,
    exact: true,
    params: codesParams,
    buffers: [
      ["x", "read", elementArray(dtype, false)],
      ["codes", "read_write", "array<u32>"],
      ["scales", "read", "array<u32>"],
    ],
    pieces: [decompose, loadElements(dtype, false), codeOf(range), codeWord, storeCodes.bytes],
    workgroupSize: [lanes],
    main: `
  let words = params.quads * 4u;
  if (index >= params.rows * words) { return; }
  let row = index / words;
  let word = index % words;
  let start = row * params.cols + word * 4u;
  let bits = load4(start, (row + 1u) * params.cols);
  var values = vec4<i32>(0);
  var channel = 0xffffffffu;
  var divisor = vec3<u32>(0u);
  for (var i = 0u; i < min(4u, params.cols - min(word * 4u, params.cols)); i = i + 1u) {
    let next = ((params.firstElement + start + i) / params.inner) % params.channels;
    if (next != channel) {
      channel = next;
      divisor = divisor_of(scales[channel - params.boundChannel]);
    }
    values[i] = code_of(bits[i], divisor);
  }
  store_codes(params.codesShift + code_word(row, word), values);`,
  });
});

/** Enqueues the quantization of all chunks. */
export function quantizeScattered(
  { operation, x, range }: QuantizeTask,
  { codes, scales, layout }: QuantizeTarget,
  { outer, channels, inner }: ScaleLayout,
  chunks: readonly CodeChunk[],
): void {
  operation.clear(scales, channels * 4);
  const parts = chunks.map((chunk) => {
    const { firstElement, endElement } = chunk;
    const source = bindRange({
      buffer: x.buffer,
      start: firstElement * x.elementBytes,
      end: endElement * x.elementBytes,
    });
    // With one run of channels a chunk meets only those of its elements; otherwise any.
    const first = outer === 1 ? Math.floor(firstElement / inner) : 0;
    const end = outer === 1 ? Math.floor((endElement - 1) / inner) + 1 : channels;
    const scale = bindRange({ buffer: scales, start: first * 4, end: end * 4 });
    return { chunk, source, scale, boundChannel: first - scale.shift / 4 };
  });
  for (const { chunk, source, scale, boundChannel } of parts) {
    const { firstElement, endElement } = chunk;
    const count = endElement - firstElement;
    const { range: findings, slot } = operation.findings();
    operation.dispatch(
      maximaShader(x.dtype),
      { xShift: source.shift / x.elementBytes, boundChannel, count, channels, inner, firstElement, slot },
      [source, scale, findings],
      Math.ceil(count / span),
    );
  }
  writeScales(operation, scales, channels, range.qmax);
  for (const { chunk, source, scale, boundChannel } of parts) {
    const { rows, cols, quads, firstElement, firstByte, endByte } = chunk;
    const code = bindRange({ buffer: codes, start: firstByte, end: endByte });
    operation.dispatch(
      codesShader(x.dtype, range),
      {
        xShift: source.shift / x.elementBytes,
        codesShift: code.shift / 4,
        boundChannel,
        rows,
        cols,
        quads,
        stride: quads,
        block: layout.block,
        channels,
        inner,
        firstElement,
      },
      [source, code, scale],
      Math.ceil((rows * quads * 4) / lanes),
    );
  }
}
