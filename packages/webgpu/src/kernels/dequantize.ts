import { bytesPerElement, type dequantizeOp, type FloatDType, scaleLayout } from "@octet/core";
import { bindRange } from "../layout/buffer-range.ts";
import { codeChunks } from "../layout/code-chunks.ts";
import { codeLayout } from "../layout/code-layout.ts";
import { KernelParams } from "../params.ts";
import { eachVariantOnce, shader } from "../shader.ts";
import type { KernelOf } from "../storage.ts";
import { codeWord } from "../wgsl/code-address.ts";
import { decompose } from "../wgsl/decompose.ts";
import { roundBits, scaledCode } from "../wgsl/soft-float.ts";
import { storeElements } from "../wgsl/store-elements.ts";
import { codeBuffersOf } from "./operands.ts";

const lanes = 256;

/** Shifts count in words and elements. */
const params = new KernelParams({
  codesShift: "u32",
  boundChannel: "u32", // the first channel of the scales that are bound
  yShift: "u32",
  count: "u32",
  cols: "u32",
  stride: "u32", // quads
  block: "u32",
  channels: "u32",
  inner: "u32",
  firstElement: "u32",
});

/**
 * Four elements an invocation. `aligned`: rows, and runs of elements with one scale, are whole multiples of 4, so that four elements
 * are one word of codes and one scale.
 */
const dequantizeShader = eachVariantOnce((dtype: FloatDType, aligned: boolean) => {
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
    params,
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
  return scales[((params.firstElement + i) / params.inner) % params.channels - params.boundChannel];
}
fn word_of(i: u32) -> u32 {
  let row = i / params.cols;
  return codes[params.codesShift + code_word(row, (i - row * params.cols) / 4u)];
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

/** `fl32(code * scale)`, rounded to a dtype. Bytes moved: codes, scales and the result once. */
export const dequantizeKernel: KernelOf<typeof dequantizeOp> = (
  { tensor: { form, storage } },
  { dtype },
  { storage: y },
) => {
  const layout = codeLayout(form.shape);
  const { outer, channels, inner } = scaleLayout(form.granularity, form.shape);
  const bytes = bytesPerElement[dtype];
  const { codes, scales } = codeBuffersOf(storage);
  const aligned = layout.cols % 4 === 0 && inner % 4 === 0;
  return (operation) => {
    for (const chunk of codeChunks(layout, operation.maxRangeBytes)) {
      const { cols, quads, firstElement, endElement, firstByte, endByte } = chunk;
      const count = endElement - firstElement;
      if (count === 0) continue;
      const code = bindRange({ buffer: codes, start: firstByte, end: endByte });
      const first = outer === 1 ? Math.floor(firstElement / inner) : 0;
      const end = outer === 1 ? Math.floor((endElement - 1) / inner) + 1 : channels;
      const scale = bindRange({ buffer: scales, start: first * 4, end: end * 4 });
      const target = bindRange({ buffer: y.data, start: firstElement * bytes, end: endElement * bytes });
      operation.dispatch(
        dequantizeShader(dtype, aligned),
        {
          codesShift: code.shift / 4,
          boundChannel: first - scale.shift / 4,
          yShift: target.shift / bytes,
          count,
          cols,
          stride: quads,
          block: layout.block,
          channels,
          inner,
          firstElement,
        },
        [code, scale, target],
        Math.ceil(count / 4 / lanes),
      );
    }
  };
};
