import type { PlannedLayer } from "../select/quantization-plan.ts";
import { type LayerMaxima, scanScales } from "./scan-scales.ts";
import { type LayerJob, type Write, type WrittenCodes, writeCodes } from "./write-codes.ts";

/**
 * Writes the scales and the codes of a layer, in whichever order its container has them. Codes need the maxima of the whole weight, so
 * that it is read twice. Where scales come first, the first reading writes them and nothing is kept. Where codes do, their scales are kept
 * until it is their turn.
 */
export class LayerWriter {
  readonly #job: LayerJob;
  readonly #layer: PlannedLayer;
  #maxima: LayerMaxima | undefined;
  #kept: Uint8Array[] = [];

  constructor(job: LayerJob, layer: PlannedLayer) {
    this.#job = job;
    this.#layer = layer;
  }

  /** @throws OctetError as `scanScales` does */
  async writeScales(write: Write): Promise<void> {
    if (this.#maxima === undefined) {
      this.#maxima = await this.#scan(write);
      return;
    }
    const kept = this.#kept;
    this.#kept = [];
    for (const bytes of kept) await write(bytes);
  }

  /** @throws OctetError as `scanScales` and `writeCodes` do */
  async writeCodes(write: Write): Promise<WrittenCodes> {
    this.#maxima ??= await this.#scan(async (bytes) => {
      this.#kept.push(bytes);
    });
    return writeCodes(this.#job, this.#layer, this.#maxima, write);
  }

  #scan(write: Write): Promise<LayerMaxima> {
    const { container, scheme, meter } = this.#job;
    return scanScales(container, this.#layer, scheme, meter, write);
  }
}
