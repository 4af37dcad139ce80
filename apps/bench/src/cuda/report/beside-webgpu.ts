import { findTimed } from "../../report/find-outcome.ts";
import { formatNumber, formatRatio } from "../../report/format.ts";
import { type Grid, left, right } from "../../report/grid.ts";
import { namesOf } from "../../report/linear-grids.ts";
import { clockNames } from "../../webgpu/report/describe-place.ts";
import { baseline } from "../../webgpu/report/linear-grids.ts";
import type { WebGPURun } from "../../webgpu/results.ts";
import { cellsByShape, findArm, octetArms } from "../linear-cells.ts";
import type { CUDACheck } from "../results.ts";

/**
 * CUDA and WebGPU on the same GPU: a table for each shape that both were timed on, with the numbers of rows that both were timed with.
 * Speeds are multiples of that of onnxruntime-web's MatMulNBits of 8 bits.
 */
export function gpuGrids(check: CUDACheck, { linear, clocks }: Pick<WebGPURun, "linear" | "clocks">): Grid[] {
  const [clock] = clocks;
  return [...cellsByShape(check)].flatMap(([shape, cells]) => {
    const pairs = cells.flatMap((cuda) => {
      const webgpu = linear.find(
        ({ outFeatures, inFeatures, rows, ...cell }) =>
          `${outFeatures}x${inFeatures}` === shape && rows === cuda.m && cell.clock === clock,
      );
      return webgpu ? [{ cuda, webgpu }] : [];
    });
    if (pairs.length === 0) return [];
    const texts = (microsecondsOf: (pair: (typeof pairs)[number]) => number | undefined) =>
      pairs.flatMap((pair) => {
        const own = microsecondsOf(pair);
        const base = findTimed(pair.webgpu, baseline)?.repeated.median;
        return own === undefined ? ["–", ""] : [formatNumber(own), base ? formatRatio((1000 * base) / own) : ""];
      });
    const inMicroseconds = (milliseconds: number | undefined) => milliseconds && 1000 * milliseconds;
    return [
      {
        title: `CUDA and WebGPU, weights ${shape} (N x K), µs, WebGPU by ${clockNames[clock]}`,
        columns: [
          left("library"),
          left("arm"),
          ...pairs.flatMap(({ cuda }) => [right(`M = ${cuda.m}`), right("speed")]),
        ],
        rows: [
          ...octetArms.map(({ id, title }) => [
            "Octet CUDA",
            title,
            ...texts(({ cuda }) => findArm(cuda, id)?.microseconds),
          ]),
          ...namesOf(pairs.map(({ webgpu }) => webgpu)).map(({ arm, library, title }) => [
            library,
            title,
            ...texts(({ webgpu }) => inMicroseconds(findTimed(webgpu, arm)?.repeated.median)),
          ]),
        ],
        notes: [
          "x is float16 on CUDA and float32 on WebGPU. Speeds are multiples of onnxruntime-web's MatMulNBits of 8 bits on WebGPU.",
        ],
      },
    ];
  });
}
