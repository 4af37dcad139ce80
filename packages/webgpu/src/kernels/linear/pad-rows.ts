import { bytesPerElement, type FloatDType } from "@octet/core";
import { bindRange } from "../../layout/buffer-range.ts";
import type { Operation } from "../../operation.ts";
import { KernelParams } from "../../params.ts";
import { eachVariantOnce, shader } from "../../shader.ts";
import { elementArray, loadElements } from "../../wgsl/load.ts";
import type { FloatSource } from "../operands.ts";

const lanes = 256;

/** Shifts count in elements of x and vectors of y. */
const params = new KernelParams({ xShift: "u32", yShift: "u32", count: "u32", cols: "u32", rowVectors: "u32" });

/** Rows of any float dtype as float32 rows padded with zeroes to whole quads: 4 elements an invocation. */
const padRowsShader = eachVariantOnce((dtype: FloatDType) => {
  return shader({
    name: `pad rows ${dtype}`,
    exact: true,
    params,
    buffers: [
      ["x", "read", elementArray(dtype, false)],
      ["y", "read_write", "array<vec4<u32>>"],
    ],
    pieces: [loadElements(dtype, false)],
    workgroupSize: [lanes],
    main: `
  if (index >= params.count) { return; }
  let row = index / params.rowVectors;
  let col = (index - row * params.rowVectors) * 4u;
  y[params.yShift + index] = load4(row * params.cols + col, (row + 1u) * params.cols);`,
  });
});

/**
 * The rows of x [rows, cols] as float32 [rows, quads * 16]: x itself where it is that already, else a temporary copy.
 * Bytes moved for the copy: x once, and it once; small beside the weights wherever that matters.
 */
export function padRows(operation: Operation, x: FloatSource, rows: number, cols: number, quads: number): GPUBuffer {
  if (x.dtype === "float32" && cols === quads * 16) return x.buffer;
  const bytes = bytesPerElement[x.dtype];
  const rowBytes = quads * 64;
  const y = operation.scratch(rows * rowBytes);
  const step = Math.max(1, Math.floor(operation.maxRangeBytes / Math.max(rowBytes, 1)));
  for (let first = 0; first < rows && cols > 0; first += step) {
    const end = Math.min(first + step, rows);
    const source = bindRange({ buffer: x.buffer, start: first * cols * bytes, end: end * cols * bytes });
    const target = bindRange({ buffer: y, start: first * rowBytes, end: end * rowBytes });
    const count = (end - first) * quads * 4;
    operation.dispatch(
      padRowsShader(x.dtype),
      { xShift: source.shift / bytes, yShift: target.shift / 16, count, cols, rowVectors: quads * 4 },
      [source, target],
      Math.ceil(count / lanes),
    );
  }
  return y;
}
