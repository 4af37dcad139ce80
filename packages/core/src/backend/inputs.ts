/** The inputs of an op may be handles, arrays of handles, or left out. */
export type Inputs = Readonly<Record<string, unknown>>;

/** Calls `visit` for every handle of an op's inputs, with its name in messages. */
export function visitHandles(inputs: object, visit: (name: string, handle: unknown) => void): void {
  for (const name of Object.keys(inputs)) {
    const value = (inputs as Inputs)[name];
    if (!Array.isArray(value)) visit(name, value);
    else for (let index = 0; index < value.length; index++) visit(`${name}[${index}]`, value[index]);
  }
}

/** Every handle of an op's inputs with its name in messages. */
export function namedHandles(inputs: object): ReadonlyMap<string, unknown> {
  const handles = new Map<string, unknown>();
  visitHandles(inputs, (name, handle) => handles.set(name, handle));
  return handles;
}

/** The same inputs with something else in the place of each handle. */
export function mapInputs(inputs: object, map: (handle: never) => unknown): object {
  const mapped: Record<string, unknown> = {};
  for (const name of Object.keys(inputs)) {
    const value = (inputs as Inputs)[name];
    if (Array.isArray(value)) mapped[name] = value.map((element) => map(element as never));
    else mapped[name] = value === undefined ? undefined : map(value as never);
  }
  return mapped;
}
