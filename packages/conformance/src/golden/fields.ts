import { OctetError } from "@octet/core";

/**
 * The fields of one object of a manifest, each asked for once. A field left over in the end is unknown and refused,
 * since a check that is not understood must not count as passed.
 */
export class GoldenFields {
  readonly #fields: Map<string, unknown>;
  readonly #what: string;

  constructor(value: unknown, what: string) {
    this.#what = what;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.error(`is ${JSON.stringify(value)}; use an object`);
    }
    this.#fields = new Map(Object.entries(value));
  }

  error(message: string, cause?: unknown): OctetError {
    return new OctetError("ERR_FORMAT", `golden manifest: ${this.#what} ${message}`, { cause });
  }

  /** What `compute` gives; what it throws becomes an error of this case. */
  attempt<Value>(compute: () => Value): Value {
    try {
      return compute();
    } catch (cause) {
      throw this.error(`does not fit its tensors: ${(cause as Error).message}`, cause);
    }
  }

  /** Whether the field is there, and not null. */
  has(name: string): boolean {
    return this.#fields.get(name) != null;
  }

  text(name: string): string {
    const value = this.#take(name);
    if (typeof value !== "string") throw this.#wrong(name, value, "a string");
    return value;
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.text(name);
    if (!choices.includes(value as Choice)) throw this.#wrong(name, value, `one of ${choices.join(", ")}`);
    return value as Choice;
  }

  integer(name: string): number {
    const value = this.#take(name);
    if (!Number.isSafeInteger(value)) throw this.#wrong(name, value, "an integer");
    return value as number;
  }

  /** A number of 0 or more. */
  magnitude(name: string): number {
    const value = this.#take(name);
    if (typeof value !== "number" || !(value >= 0)) throw this.#wrong(name, value, "a number of 0 or more");
    return value;
  }

  number(name: string): number {
    const value = this.#take(name);
    if (typeof value !== "number") throw this.#wrong(name, value, "a number");
    return value;
  }

  /** The fields of an object inside this one. */
  object(name: string): GoldenFields {
    return new GoldenFields(this.#take(name), `${this.#what}, field ${JSON.stringify(name)},`);
  }

  /** What `read` gives, or undefined where the field is missing or null. */
  optional<Value>(name: string, read: (name: string) => Value): Value | undefined {
    if (this.has(name)) return read(name);
    this.#fields.delete(name);
    return undefined;
  }

  /** What `read` gives, or undefined where the field is null. It must be there. */
  nullable<Value>(name: string, read: (name: string) => Value): Value | undefined {
    return this.#fields.has(name) ? this.optional(name, read) : read(name);
  }

  /** Throws when a field was not asked for. */
  end(): void {
    const [unknown] = this.#fields.keys();
    if (unknown !== undefined) throw this.error(`has the unknown field ${JSON.stringify(unknown)}`);
  }

  #take(name: string): unknown {
    if (!this.#fields.has(name)) throw this.error(`has no field ${JSON.stringify(name)}`);
    const value = this.#fields.get(name);
    this.#fields.delete(name);
    return value;
  }

  #wrong(name: string, value: unknown, wanted: string): OctetError {
    return this.error(`has ${JSON.stringify(value)} as ${JSON.stringify(name)}; use ${wanted}`);
  }
}
