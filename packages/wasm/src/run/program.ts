import type { Replay } from "@octet/core/backend";
import { collectFindings } from "../generated/kernels.ts";
import type { Plan } from "../launches/plan.ts";
import { blockSize } from "../memory/block-allocator.ts";
import type { Engine } from "./engine.ts";
import { findingBytes, findingWords, type NonFiniteFinding } from "./finding.ts";
import type { Launch } from "./launch.ts";

/**
 * Plans whose memory has been found, so that a run is one call of the runner. Launches run one after another, so that the temporaries of
 * all plans share one block. Each checked plan has a finding of its own, and a last launch collects them for the run.
 */
export class Program implements Replay {
  readonly #engine: Engine;
  /** Ends with a launch that is made for each run, if there are findings. */
  readonly #launches: Launch[];
  readonly #temporaries: number;
  readonly #findings: number;
  readonly #checked: number;
  readonly #last: number;

  constructor(engine: Engine, plans: readonly Plan[]) {
    this.#engine = engine;
    this.#checked = plans.filter(({ checks }) => checks).length;
    const sizes = plans.map((plan) => plan.temporaries.reduce((sum, size) => sum + bytesOf(size), 0));
    [this.#temporaries, this.#findings] = engine.reserve([Math.max(0, ...sizes), this.#checked * findingBytes]);
    engine.heap.words(this.#findings, this.#checked * findingWords).fill(0);
    let checkedBefore = 0;
    this.#launches = plans.flatMap((plan) => {
      const finding = plan.checks ? this.#findings + checkedBefore++ * findingBytes : 0;
      let next = this.#temporaries;
      const temporaries = plan.temporaries.map((size) => {
        const address = size === 0 ? 0 : next;
        next += bytesOf(size);
        return address;
      });
      return plan.launches({ temporaries, finding, threads: engine.threads });
    });
    this.#last = this.#launches.length;
  }

  /** @throws OctetError `ERR_NON_FINITE` where it has run when this returns; `ERR_OUT_OF_MEMORY`, `ERR_DEVICE_LOST` */
  run(): NonFiniteFinding | undefined {
    if (this.#checked === 0) {
      this.#engine.runUnchecked(this.#launches);
      return undefined;
    }
    const [result] = this.#engine.reserve([findingBytes]);
    const record = { findings: this.#findings, count: this.#checked, result };
    this.#launches[this.#last] = collectFindings({ items: 1, grain: 1 }, record);
    return this.#engine.runChecked(this.#launches, [result]);
  }

  dispose(): void {
    this.#engine.releaseBlock(this.#temporaries);
    this.#engine.releaseBlock(this.#findings);
  }
}

/** Nothing takes no block, and its address is 0, by which kernels know that it is not there: the heap has the same rule. */
function bytesOf(size: number): number {
  return size === 0 ? 0 : blockSize(size);
}
