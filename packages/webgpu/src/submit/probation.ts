import { mostTelling, type Verdict, watchErrors } from "./error-scopes.ts";

/**
 * What was made on the device and is not known to be sound: the device says later whether there was memory for a buffer. What uses such
 * a thing is submitted apart from everything else, so that it fails alone.
 */
export class Probation {
  readonly #device: GPUDevice;
  readonly #verdicts = new WeakMap<object, Verdict>();
  #count = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Makes a thing; it is on probation until the device says that it is sound, and stays so if it is not. */
  make<Made extends object>(subject: () => string, make: () => Made): Made {
    const { result, verdict } = watchErrors(this.#device, subject, make);
    this.#count++;
    this.#verdicts.set(
      result,
      verdict.then((error) => {
        if (error !== undefined) return error;
        this.#verdicts.delete(result);
        this.#count--;
        return undefined;
      }),
    );
    return result;
  }

  /** Whether everything that was made is sound, as it is in a steady state. */
  get isOver(): boolean {
    return this.#count === 0;
  }

  /** The verdict on a thing that is on probation. */
  verdictOn(thing: object): Verdict | undefined {
    return this.#verdicts.get(thing);
  }

  /** One verdict on all of them; undefined if none is on probation. */
  verdictOnAll(things: Iterable<object>): Verdict | undefined {
    const verdicts: Verdict[] = [];
    for (const thing of things) {
      const verdict = this.#verdicts.get(thing);
      if (verdict !== undefined) verdicts.push(verdict);
    }
    return verdicts.length === 0 ? undefined : mostTelling(verdicts);
  }
}
