import { bytesPerElement, type FloatDType, type Granularity, scaleLayout } from "@octet/core";
import { bindRange } from "../buffer-range.ts";
import { codeChunks } from "../code-chunks.ts";
import { codeLayout } from "../code-layout.ts";
import type { Operation } from "../operation.ts";
import { eachVariantOnce, type Shader, shader } from "../shader.ts";
import { codeWord } from "../wgsl/code-address.ts";
import { decompose } from "../wgsl/decompose.ts";
import { roundBits, scaledCode } from "../wgsl/soft-float.ts";
import { storeElements } from "../wgsl/store-elements.ts";

const lanes = 256;

/**
 * Four elements an invocation. `aligned`: rows, and runs of elements with one scale, are whole multiples of 4, so that four elements
 * are one word of codes and one scale.
 */
export const dequantizeShader: (dtype: FloatDType, aligned: boolean) => Shader = eachVariantOnce((dtype, aligned) => {
  const four = aligned
    ? `
  let scale = scale_of(start);
  let word = word_of(start);
  for (var i = 0u; i < 4u; i = i + 1u) { bits[i] = scaled_code(code_in(word, i), scale); }`
    : `
  for (var i = 0u; i < min(4u, params.count - start); i = i + 1u) {
    let code = code_in(word_of(start + i), ((start + i) % params.cols) % 4u);
    bits[i] = scaled_code(code, scale_of(start + i));
  }`;
  return shader({
    name: `dequantize ${dtype}${aligned ? " by 4" : ""}`,
    exact: true,
    params: [
      "codes_shift",
      "bound_channel",
      "y_shift",
      "count",
      "cols",
      "stride",
      "block",
      "channels",
      "inner",
      "first_element",
    ],
    buffers: [
      ["codes", "read", "array<u32>"],
      ["scales", "read", "array<u32>"],
      ["y", "read_write", "array<u32>"],
    ],
    pieces: [
      decompose,
      roundBits,
      scaledCode,
      codeWord,
      storeElements(dtype),
      `
fn scale_of(i: u32) -> u32 {
  return scales[((params.first_element + i) / params.inner) % params.channels - params.bound_channel];
}
fn word_of(i: u32) -> u32 {
  let row = i / params.cols;
  return codes[params.codes_shift + code_word(row, (i - row * params.cols) / 4u)];
}
fn code_in(word: u32, i: u32) -> i32 { return extractBits(i32(word), i * 8u, 8u); }
`,
    ],
    workgroupSize: [lanes],
    main: `
  let start = index * 4u;
  if (start >= params.count) { return; }
  var bits = vec4<u32>(0u);${four}
  store4(start, bits);`,
  });
});

/** Enqueues `fl32(code * scale)`, rounded to a dtype, and returns its buffer. Bytes moved: codes, scales and the result once. */
export function dequantize(
  operation: Operation,
  { codes, scales }: { readonly codes: GPUBuffer; readonly scales: GPUBuffer },
  shape: readonly number[],
  granularity: Granularity,
  dtype: FloatDType,
): GPUBuffer {
  const layout = codeLayout(shape);
  const { outer, channels, inner } = scaleLayout(granularity, shape);
  const bytes = bytesPerElement[dtype];
  const y = operation.result(layout.rows * layout.cols * bytes);
  const aligned = layout.cols % 4 === 0 && inner % 4 === 0;
  for (const chunk of codeChunks(layout, operation.device.maxRangeBytes)) {
    const { cols, quads, firstElement, endElement, firstByte, endByte } = chunk;
    const count = endElement - firstElement;
    if (count === 0) continue;
    const code = bindRange({ buffer: codes, start: firstByte, end: endByte });
    const first = outer === 1 ? Math.floor(firstElement / inner) : 0;
    const end = outer === 1 ? Math.floor((endElement - 1) / inner) + 1 : channels;
    const scale = bindRange({ buffer: scales, start: first * 4, end: end * 4 });
    const target = bindRange({ buffer: y, start: firstElement * bytes, end: endElement * bytes });
    operation.launch(
      dequantizeShader(dtype, aligned),
      [
        code.shift / 4,
        first - scale.shift / 4,
        target.shift / bytes,
        count,
        cols,
        quads,
        layout.block,
        channels,
        inner,
        firstElement,
      ],
      [code, scale, target],
      Math.ceil(count / 4 / lanes),
    );
  }
  return y;
}

export function dequantizeShaders(dtype: FloatDType): Shader[] {
  return [dequantizeShader(dtype, true), dequantizeShader(dtype, false)];
}
