// A kernel takes the address of its record, the range of items that it shall do, and scratch memory of its own. The record holds 32-bit
// words: addresses in bytes, counts, codes of dtypes. The functions in src/launches/ fill it in; each kernel lists its words.

/** Word `index` of a record. */
// @ts-ignore: decorator
@inline
export function word(record: usize, index: usize): usize {
  return load<usize>(record + (index << 2));
}
