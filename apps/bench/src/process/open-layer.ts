import { faultOf, measureError } from "../check-product.ts";
import { libraries } from "../libraries/index.ts";
import type { Library, OpenLibrary } from "../libraries/library.ts";
import { type LinearProblem, makeLinearProblem } from "../linear-problem.ts";
import type { Outcome } from "../results.ts";
import type { Effort } from "../timing/interleave.ts";
import { type Candidate, timeCandidates } from "../timing/time-candidates.ts";
import { openIfAvailable, type Unavailable } from "./open-if-available.ts";
import { surroundingsOf } from "./surroundings.ts";

export interface LayerOptions {
  readonly outFeatures: number;
  readonly inFeatures: number;
  readonly mostRows: number;
  readonly seed: number;
}

/** A layer with every library that can have it on this process's threads. */
export class OpenLayer {
  readonly #problem: LinearProblem;
  readonly #opened: ReadonlyMap<Library, OpenLibrary | Unavailable>;

  private constructor(problem: LinearProblem, opened: ReadonlyMap<Library, OpenLibrary | Unavailable>) {
    this.#problem = problem;
    this.#opened = opened;
  }

  static async open({ outFeatures, inFeatures, mostRows, seed }: LayerOptions, threads: number): Promise<OpenLayer> {
    const problem = makeLinearProblem(outFeatures, inFeatures, mostRows, seed);
    const opened = new Map<Library, OpenLibrary | Unavailable>();
    for (const library of libraries) {
      const unavailable = library.unavailable?.(threads);
      opened.set(
        library,
        unavailable === undefined ? await openIfAvailable(() => library.open(problem, threads)) : { unavailable },
      );
    }
    return new OpenLayer(problem, opened);
  }

  /** Checks every arm with so many rows, then times those that are right. */
  async time(rows: number, effort: Effort): Promise<Outcome[]> {
    const { activations, expected, inFeatures, outFeatures } = this.#problem;
    const x = activations.subarray(0, rows * inFeatures);
    const wanted = expected.subarray(0, rows * outFeatures);
    const candidates: Candidate[] = [];
    for (const [library, opened] of this.#opened) {
      if (rows > (library.mostRows ?? rows)) continue;
      for (const { id, title, tolerance } of library.arms) {
        const name = { arm: id, library: library.name, title };
        if ("unavailable" in opened) {
          candidates.push({ name, untimed: { status: "unavailable", reason: opened.unavailable } });
          continue;
        }
        const multiply = opened.multiply[id];
        const error = measureError(await multiply(x, rows), wanted);
        const fault = faultOf(error, tolerance);
        candidates.push(
          fault === undefined
            ? { name, call: () => multiply(x, rows), facts: { error: Number(error.relative.toPrecision(3)) } }
            : { name, untimed: { status: "wrong", reason: fault } },
        );
      }
    }
    return await timeCandidates(candidates, effort, surroundingsOf(rows));
  }

  async close(): Promise<void> {
    for (const opened of this.#opened.values()) if ("close" in opened) await opened.close();
  }
}
