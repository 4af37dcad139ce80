/** What plain JavaScript may pass anywhere. */
export const junk: readonly unknown[] = [
  undefined,
  null,
  0,
  -1.5,
  Number.NaN,
  3n,
  "float32",
  "",
  Symbol("junk"),
  true,
  {},
  [],
  ["1"],
  Object.create(null),
  { shape: "x", dtype: 5, data: null, kind: "channel", dim: "0", backend: 3 },
  { shape: [1n, Symbol("extent")], op: "linear", weight: 3 },
  new Float32Array(2),
  () => undefined,
];

/** Every way to put junk in the place of one or two of the arguments of a right call. */
export function* junkCalls(right: readonly unknown[]): Generator<readonly unknown[]> {
  for (let place = 0; place <= right.length; place++) {
    for (const value of junk) {
      yield right.toSpliced(place, 1, value);
      if (place < right.length) yield right.toSpliced(place, 2, value, value);
    }
  }
  for (const value of junk) yield right.map(() => value);
}

/** What a call does that is not allowed: throws or rejects with what is not an OctetError. Undefined when all is well. */
export async function foreignError(call: () => unknown): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return isOctetError(error) ? undefined : String((error as Error)?.stack ?? error);
  }
}

/** The code that a call throws or rejects with; undefined when it does not. */
export async function misuseCode(call: () => unknown): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return isOctetError(error) ? error.code : `no code: ${String(error)}`;
  }
}

/** By its brand: these helpers depend on no package. */
function isOctetError(error: unknown): error is { readonly code: string } {
  return typeof error === "object" && error !== null && Symbol.for("octet.error") in error;
}
