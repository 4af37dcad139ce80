import { compareOpened } from "../compare/compare-checkpoints.ts";
import type { CompareCheckpointsOptions } from "../options.ts";
import type { QuantizationReport } from "../report/report.ts";
import { describeFailure } from "./file-errors.ts";
import { locateInput, openLocated } from "./locate-input.ts";

/**
 * `compareCheckpoints` for checkpoints on the disk: `.safetensors` files, indexes of sharded checkpoints, or model folders.
 * @throws OctetError as `compareCheckpoints` does; `ERR_UNAVAILABLE` for what cannot be read
 */
export async function comparePaths(
  original: string,
  quantized: string,
  options: CompareCheckpointsOptions = {},
): Promise<QuantizationReport> {
  const before = await openLocated(await locateInput(original));
  try {
    const after = await openLocated(await locateInput(quantized));
    try {
      return await describeFailure(`read ${original} and ${quantized}`, () => compareOpened(before, after, options));
    } finally {
      await after.container.close();
    }
  } finally {
    await before.container.close();
  }
}
