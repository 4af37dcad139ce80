/** The inputs of an op may be handles, arrays of handles, or left out. */
export type Inputs = Readonly<Record<string, unknown>>;

/** Every handle of an op's inputs with the name it goes by in messages. */
export function* namedHandles(inputs: object): Generator<readonly [name: string, handle: unknown]> {
  for (const [name, value] of Object.entries(inputs)) {
    if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) yield [`${name}[${index}]`, element];
    } else {
      yield [name, value];
    }
  }
}

/** The same inputs with something else in the place of each handle. */
export function mapInputs(inputs: object, map: (handle: never) => unknown): object {
  const mapped: Record<string, unknown> = {};
  // A loop, since every op comes by here.
  for (const [name, value] of Object.entries(inputs)) {
    if (value === undefined) mapped[name] = undefined;
    else mapped[name] = Array.isArray(value) ? value.map((element) => map(element as never)) : map(value as never);
  }
  return mapped;
}
