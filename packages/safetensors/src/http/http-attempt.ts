/** One try of a request: it ends when the source ends, or when the server has sent nothing for too long. */
export class HttpAttempt {
  /** For `fetch`. */
  readonly signal: AbortSignal;
  readonly #aborter = new AbortController();
  readonly #aborted: Promise<never>;
  readonly #life: AbortSignal;
  readonly #timeout: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `timeout` is in ms and counts from now, and again from each time that something arrives. */
  constructor(life: AbortSignal, timeout: number) {
    this.signal = this.#aborter.signal;
    this.#life = life;
    this.#timeout = timeout;
    this.#aborted = new Promise((_, reject) => {
      this.signal.addEventListener("abort", () => reject(this.signal.reason), { once: true });
    });
    this.#aborted.catch(() => undefined); // an attempt that nothing waits for
    life.addEventListener("abort", this.#follow);
    this.#wait();
  }

  /** The result of `promise`, if it comes in time. A `fetch` of the caller may know nothing of signals. */
  async race<T>(promise: Promise<T>): Promise<T> {
    const result = await Promise.race([promise, this.#aborted]);
    this.#wait();
    return result;
  }

  /** Ends whatever is still under way. */
  end(): void {
    clearTimeout(this.#timer);
    this.#life.removeEventListener("abort", this.#follow);
    this.#aborter.abort();
  }

  readonly #follow = (): void => this.#aborter.abort(this.#life.reason);

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#aborter.abort(new Error(`the server sent nothing for ${this.#timeout} ms`));
    }, this.#timeout);
  }
}
