// The columns of a call of a kernel for one row are cut into four streams of neighbours, and one column of each stream is multiplied at a
// time. So they share what is loaded of x, and each stream reads memory from one end to the other, which a processor fetches ahead of its
// use, past the ends of columns and pages. Four neighbours at a time would be four streams that jump after every column.

/** The columns of each stream; the last stream, or the last ones, may have fewer. */
// @ts-ignore: decorator
@inline
export function streamLength(begin: usize, end: usize): usize {
  return (end - begin + 3) >> 2;
}
