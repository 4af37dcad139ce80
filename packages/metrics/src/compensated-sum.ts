/**
 * A running sum that keeps the digits which each addition drops, so that a billion terms lose nothing visible (Neumaier's variant of
 * Kahan's summation). The callers add sums of short runs, not single elements, which costs nothing.
 */
export class CompensatedSum {
  #sum = 0;
  #dropped = 0;

  add(term: number): void {
    const sum = this.#sum + term;
    this.#dropped += Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - sum + term : term - sum + this.#sum;
    this.#sum = sum;
  }

  get value(): number {
    return this.#sum + this.#dropped;
  }
}
