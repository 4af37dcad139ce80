import type { CodeRange, FloatDType, ScaleLayout } from "@octet/core";
import { bindRange } from "../buffer-range.ts";
import type { CodeChunk } from "../code-chunks.ts";
import { eachVariantOnce, type Shader, shader } from "../shader.ts";
import { codeOf } from "../wgsl/code.ts";
import { codeWord } from "../wgsl/code-address.ts";
import { decompose } from "../wgsl/decompose.ts";
import { elementArray, loadElements } from "../wgsl/load.ts";
import { noteFault } from "../wgsl/note-fault.ts";
import { scaleBits } from "../wgsl/scale.ts";
import { storeCodes } from "../wgsl/store-codes.ts";
import type { QuantizeTarget, QuantizeTask } from "./quantize-task.ts";

/*
 * Any granularity: per tensor, by columns, groups that start in the middle of a word. Three passes: the largest magnitude of every
 * channel (into the buffer of scales, as bits), the scales, the codes.
 */

const lanes = 256;

/** Elements that a workgroup looks at for the maximum. */
const span = 8192;

export const channelMaximaShader: (dtype: FloatDType) => Shader = eachVariantOnce((dtype) => {
  return shader({
    name: `channel maxima ${dtype}`,
    exact: true,
    params: ["x_shift", "bound_channel", "count", "channels", "inner", "first_element", "slot"],
    buffers: [
      ["x", "read", elementArray(dtype, false)],
      ["scales", "read_write", "array<atomic<u32>>"],
      ["findings", "read_write", "array<atomic<u32>>"],
    ],
    pieces: [
      loadElements(dtype, false),
      noteFault,
      `
fn channel_of(i: u32) -> u32 { return ((params.first_element + i) / params.inner) % params.channels; }
fn raise(channel: u32, magnitude: u32) {
  // Most are not the largest: looking first keeps writers apart.
  let at = channel - params.bound_channel;
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
    if (magnitude >= 0x7f800000u) { note_fault(params.first_element + i); }
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

export const channelScalesShader: (qmax: number) => Shader = eachVariantOnce((qmax) => {
  return shader({
    name: `channel scales /${qmax}`,
    exact: true,
    params: ["scales_shift", "count"],
    buffers: [["scales", "read_write", "array<u32>"]],
    pieces: [decompose, scaleBits(qmax)],
    workgroupSize: [lanes],
    main: `
  if (index >= params.count) { return; }
  let at = index + params.scales_shift;
  scales[at] = scale_bits(scales[at]);`,
  });
});

export const channelCodesShader: (dtype: FloatDType, range: CodeRange) => Shader = eachVariantOnce((dtype, range) => {
  return shader({
    name: `channel codes ${dtype} to ${range.lowest}..${range.qmax}`,
    exact: true,
    params: [
      "x_shift",
      "codes_shift",
      "bound_channel",
      "rows",
      "cols",
      "quads",
      "stride",
      "block",
      "channels",
      "inner",
      "first_element",
    ],
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
    let next = ((params.first_element + start + i) / params.inner) % params.channels;
    if (next != channel) {
      channel = next;
      divisor = divisor_of(scales[channel - params.bound_channel]);
    }
    values[i] = code_of(bits[i], divisor);
  }
  store_codes(params.codes_shift + code_word(row, word), values);`,
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
    operation.launch(
      channelMaximaShader(x.dtype),
      [source.shift / x.elementBytes, boundChannel, count, channels, inner, firstElement, slot],
      [source, scale, findings],
      Math.ceil(count / span),
    );
  }
  const step = Math.floor(operation.device.maxRangeBytes / 4);
  for (let first = 0; first < channels; first += step) {
    const end = Math.min(first + step, channels);
    const scale = bindRange({ buffer: scales, start: first * 4, end: end * 4 });
    const count = end - first;
    operation.launch(channelScalesShader(range.qmax), [scale.shift / 4, count], [scale], Math.ceil(count / lanes));
  }
  for (const { chunk, source, scale, boundChannel } of parts) {
    const { rows, cols, quads, firstElement, firstByte, endByte } = chunk;
    const code = bindRange({ buffer: codes, start: firstByte, end: endByte });
    operation.launch(
      channelCodesShader(x.dtype, range),
      [
        source.shift / x.elementBytes,
        code.shift / 4,
        boundChannel,
        rows,
        cols,
        quads,
        quads,
        layout.block,
        channels,
        inner,
        firstElement,
      ],
      [source, code, scale],
      Math.ceil((rows * quads * 4) / lanes),
    );
  }
}
