import { faultOf, measureError } from "../check-product.ts";
import type { LinearProblem } from "../linear-problem.ts";
import { checkJob, type JobCandidate } from "./check-job.ts";
import type { Library, OpenLibrary } from "./library.ts";

/** A library with the weights of a problem in its place; the promise is rejected where it could not load them. */
interface Opening<Place> {
  readonly library: Library<Place>;
  readonly opened: Promise<OpenLibrary>;
}

/** A layer with every library that takes part. */
export class OpenLayer<Place> {
  readonly #problem: LinearProblem;
  readonly #openings: readonly Opening<Place>[];

  private constructor(problem: LinearProblem, openings: readonly Opening<Place>[]) {
    this.#problem = problem;
    this.#openings = openings;
  }

  /** Opens one library after the other. Arms of one that does not open say why when they are checked. */
  static async open<Place>(
    libraries: readonly Library<Place>[],
    problem: LinearProblem,
    place: Place,
  ): Promise<OpenLayer<Place>> {
    const openings: Opening<Place>[] = [];
    for (const library of libraries) {
      const opened = library.open(problem, place);
      openings.push({ library, opened });
      await opened.catch(() => {});
    }
    return new OpenLayer(problem, openings);
  }

  /** Checks every arm with so many rows. `features`: what a device has of the features that arms need. */
  async check(rows: number, features: { has(feature: string): boolean } = new Set()): Promise<JobCandidate[]> {
    const { activations, expected, inFeatures, outFeatures } = this.#problem;
    const x = activations.subarray(0, rows * inFeatures);
    const wanted = expected.subarray(0, rows * outFeatures);
    const candidates: JobCandidate[] = [];
    for (const { library, opened } of this.#openings) {
      if (rows > (library.mostRows ?? rows)) continue;
      for (const { id, title, tolerance, needs } of library.arms) {
        const name = { arm: id, library: library.name, title };
        if (needs !== undefined && !features.has(needs)) {
          const reason = `${title} needs ${needs}, which the adapter lacks`;
          candidates.push({ name, untimed: { status: "unavailable", reason } });
          continue;
        }
        const start = async () => await (await opened).start(id, x, rows);
        const candidate = await checkJob(name, start, async (job) => {
          const error = measureError(await job.read(), wanted);
          const fault = faultOf(error, tolerance);
          return fault === undefined ? { error: Number(error.relative.toPrecision(3)) } : { fault };
        });
        candidates.push(candidate);
      }
    }
    return candidates;
  }

  async close(): Promise<void> {
    for (const { opened } of this.#openings) {
      await opened.then(
        (library) => library.close(),
        () => {},
      );
    }
  }
}
