/** The types that a parameter of a kernel may have. */
export type ParamType = "u32" | "i32";

/** The parameters of a kernel by name, in the order in which they lie in memory. */
export type ParamTypes = Readonly<Record<string, ParamType>>;

/** What a launch says for each of them: whole numbers. */
export type ParamValues<Types extends ParamTypes> = { readonly [Name in keyof Types]: number };

/** Bytes of parameters that a shader sees, whatever it declares: so bindings of parameters are alike. */
export const paramsBytes = 64;

/**
 * The parameters of a kernel, declared once: WGSL knows them as members of `params` of the same names, and the host's launches are typed
 * and written by them.
 */
export class KernelParams<Types extends ParamTypes> {
  /** The WGSL of the uniform `params`. */
  readonly source: string;
  readonly #names: readonly (keyof Types & string)[];

  /** @throws RangeError when they take more than `paramsBytes` */
  constructor(types: Types) {
    this.#names = Object.keys(types);
    const bytes = this.#names.length * 4;
    if (bytes > paramsBytes)
      throw new RangeError(`a kernel has ${bytes} bytes of parameters; ${paramsBytes} are bound`);
    const members = this.#names.map((name) => `${name}: ${types[name]}`);
    this.source = `struct Params { ${members.join(", ")} }\n@group(0) @binding(0) var<uniform> params: Params;\n`;
  }

  /** Writes values into the words from `at` on. */
  write(values: ParamValues<Types>, words: Uint32Array, at: number): void {
    let word = at;
    // A negative i32 becomes the word of the same bits.
    for (const name of this.#names) words[word++] = values[name];
  }
}
