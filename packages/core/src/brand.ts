/**
 * A mark that any installed copy of a package recognises. `instanceof` knows only the classes of its own copy, so a model made
 * with one copy would not be recognised by the other.
 */
export class Brand<Branded extends object> {
  readonly #symbol: symbol;

  /** `name` is the same in every copy and version: `octet.error`. */
  constructor(name: string) {
    this.#symbol = Symbol.for(name);
  }

  /** Marks every object that has this prototype. */
  mark(prototype: Branded): void {
    Object.defineProperty(prototype, this.#symbol, { value: true });
  }

  /** Whether `value` carries the mark. */
  marks(value: unknown): value is Branded {
    return typeof value === "object" && value !== null && this.#symbol in value;
  }

  /** The object in the prototype chain of `value` that was marked, the nearest of several. */
  markedPrototype(value: Branded): Branded {
    let prototype: Branded = value;
    while (!Object.hasOwn(prototype, this.#symbol)) prototype = Object.getPrototypeOf(prototype);
    return prototype;
  }
}
