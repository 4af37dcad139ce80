import { OctetError } from "../errors.ts";

/**
 * `new Constructor(source)` of a typed array. Every large array is made here, so that the host's own lack of memory has a code, too.
 * @throws OctetError `ERR_OUT_OF_MEMORY`
 */
export function createArray<Source, Made>(Constructor: new (source: Source) => Made, source: Source): Made {
  try {
    return new Constructor(source);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const length = typeof source === "number" ? source : (source as ArrayLike<number>).length;
    throw new OctetError(
      "ERR_OUT_OF_MEMORY",
      `this runtime has no room for an array of ${length} elements (${cause.message}); split the tensor, or free memory first`,
      { cause },
    );
  }
}
