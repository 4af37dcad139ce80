/** The end of what a process wrote to its standard error, for the case that it crashes. */
export class NativeOutput {
  #text = "";
  readonly #decoder = new TextDecoder();

  add(bytes: Uint8Array): void {
    this.#text = (this.#text + this.#decoder.decode(bytes, { stream: true })).slice(-16_384);
  }

  /** The line that says most about a crash: the last that speaks of an error, else the last. Empty where nothing was written. */
  get telling(): string {
    const lines = this.#text.split(/\r?\n/).filter((line) => line.trim() !== "");
    const telling = lines.findLast((line) => /(?:\b|[a-z])error\b|\b(?:fatal|abort|assert|panic)/i.test(line));
    return (telling ?? lines.at(-1) ?? "").trim();
  }
}
