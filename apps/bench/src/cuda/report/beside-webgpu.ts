import { formatNumber, formatRatio } from "../../report/format.ts";
import { type Grid, left, right } from "../../report/grid.ts";
import { namesOf } from "../../report/linear-grids.ts";
import type { CUDARun, WebGPURun } from "../../results.ts";
import { clockNames } from "../../webgpu/report/describe-place.ts";
import { baseline } from "../../webgpu/report/linear-grids.ts";
import { cellsByShape, microsecondsOf, octetArms } from "../linear-cells.ts";

/**
 * CUDA and WebGPU on the same GPU: a table for each shape that both were timed on, with the numbers of rows that both were timed with.
 * Speeds are multiples of that of onnxruntime-web's MatMulNBits of 8 bits.
 */
export function gpuGrids(
  cuda: Pick<CUDARun, "linear">,
  { linear, clocks }: Pick<WebGPURun, "linear" | "clocks">,
): Grid[] {
  const [clock] = clocks;
  return [...cellsByShape(cuda)].flatMap(([shape, cells]) => {
    const pairs = cells.flatMap((cuda) => {
      const webgpu = linear.find(
        ({ outFeatures, inFeatures, rows, ...cell }) =>
          `${outFeatures}x${inFeatures}` === shape && rows === cuda.rows && cell.clock === clock,
      );
      return webgpu ? [{ cuda, webgpu }] : [];
    });
    if (pairs.length === 0) return [];
    const texts = (timeOf: (pair: (typeof pairs)[number]) => number | undefined) =>
      pairs.flatMap((pair) => {
        const own = timeOf(pair);
        const base = microsecondsOf(pair.webgpu, baseline);
        return own === undefined ? ["–", ""] : [formatNumber(own), base ? formatRatio(base / own) : ""];
      });
    return [
      {
        title: `CUDA and WebGPU, weights ${shape} (N x K), µs, WebGPU by ${clockNames[clock]}`,
        columns: [
          left("library"),
          left("arm"),
          ...pairs.flatMap(({ cuda }) => [right(`M = ${cuda.rows}`), right("speed")]),
        ],
        rows: [
          ...octetArms.map(({ id, title }) => ["Octet CUDA", title, ...texts(({ cuda }) => microsecondsOf(cuda, id))]),
          ...namesOf(pairs.map(({ webgpu }) => webgpu)).map(({ arm, library, title }) => [
            library,
            title,
            ...texts(({ webgpu }) => microsecondsOf(webgpu, arm)),
          ]),
        ],
        notes: [
          "x is float16 on CUDA and float32 on WebGPU. Speeds are multiples of onnxruntime-web's MatMulNBits of 8 bits on WebGPU.",
        ],
      },
    ];
  });
}
