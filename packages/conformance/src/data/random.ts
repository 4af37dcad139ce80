/**
 * Numbers that are the same on every platform: integer arithmetic alone, no function whose last bit an engine may choose. The mixing
 * constants are from Chris Wellons' hash-prospector (32-bit, two rounds).
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed + 1, 0x9e3779b1);
  }

  /** 0 to 2^32 - 1. */
  word(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  }

  /** A multiple of 2^-24 in 0 .. 1, 1 left out. */
  uniform(): number {
    return (this.word() >>> 8) * 2 ** -24;
  }

  /** A whole number in lowest .. highest, both included. */
  integer(lowest: number, highest: number): number {
    return lowest + Math.floor(this.uniform() * (highest - lowest + 1));
  }

  /** About normal, mean 0, deviation 1, within -3.5 .. 3.5: the sum of four uniform numbers. */
  normal(): number {
    const sum = this.uniform() + this.uniform() + this.uniform() + this.uniform();
    return Math.fround((sum - 2) * Math.sqrt(3));
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(0, items.length - 1)];
  }
}
