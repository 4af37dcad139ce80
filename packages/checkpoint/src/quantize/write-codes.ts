import { bitRange, hostTensor } from "@octet/core";
import { scaleOf } from "@octet/core/backend";
import { createErrorAccumulator, type ErrorAccumulator } from "@octet/metrics";
import { inContext } from "../bytes/in-context.ts";
import { release } from "../bytes/release.ts";
import type { TensorContainer } from "../containers/tensor-container.ts";
import type { Format } from "../formats/format.ts";
import type { ProgressMeter } from "../report/progress.ts";
import type { PlannedLayer } from "../select/quantization-plan.ts";
import type { CodingScheme } from "./coding-scheme.ts";
import { quantizeBlocks } from "./quantize-codes.ts";
import type { LayerMaxima } from "./scan-scales.ts";

/** The common properties of the layers of a file. */
export interface LayerJob {
  readonly container: TensorContainer;
  readonly format: Format;
  readonly scheme: CodingScheme;
  readonly meter: ProgressMeter;
}

export type Write = (bytes: Uint8Array) => Promise<void>;

export interface WrittenCodes {
  /** The loss of the layer, measured on the written bytes. */
  readonly error: ErrorAccumulator;
  /** How the bytes tell that the backend is at fault; undefined when they do not. */
  readonly fault: string | undefined;
}

/**
 * Writes the codes of a layer and measures them as a reader will find them: the codes as decoded from the bytes, with
 * the scales of the file. So whatever the backend did, the report is of the file.
 */
export async function writeCodes(
  { container, format, scheme, meter }: LayerJob,
  layer: PlannedLayer,
  maxima: LayerMaxima,
  write: Write,
): Promise<WrittenCodes> {
  const { name, shape } = layer;
  const codeBytes = format.encode(shape[1], scheme.bits);
  const error = createErrorAccumulator({ maxAbs: maxima.tensor });
  let sameScales = true;
  for await (const made of quantizeBlocks(container, layer, scheme, maxima, meter)) {
    const { block, original, tensor } = made;
    sameScales &&= made.sameScales;
    const codes = tensor.quantized.data;
    const bytes = codeBytes.encode(codes);
    const stored = codeBytes.decode(bytes, block);
    await inContext(`layer ${JSON.stringify(name)}`, () =>
      error.add(original, { ...tensor, quantized: hostTensor("int8", original.shape, stored) }),
    );
    await write(bytes);
    for (const { buffer } of [codes, bytes, stored]) release(buffer);
  }
  return { error, fault: findFault(sameScales, error, scaleOf(maxima.tensor, bitRange(scheme.bits).highest)) };
}

/** `largestScale` is the largest of the layer's. */
function findFault(sameScales: boolean, error: ErrorAccumulator, largestScale: number): string | undefined {
  if (!sameScales) return "has other scales than the weights do";
  // Rounding loses half a step; a little more where the division is rounded, too, or the scale is next to 0.
  const step = largestScale * (0.5 + 2 ** -10) + 2 ** -140;
  return error.result().maxAbsError > step ? "has codes that lose more than rounding does" : undefined;
}
