/**
 * Codes [targets.length, values.length] such that each row of them times `values` sums to its target exactly. `values` are integers in
 * falling order that end in 1; each takes as much of what is left as a code of -127 .. 127 can.
 */
export function codesForSum(targets: readonly number[], values: readonly number[]): Int8Array {
  const codes = new Int8Array(targets.length * values.length);
  targets.forEach((target, row) => {
    let rest = target;
    values.forEach((value, column) => {
      const code = Math.max(-127, Math.min(127, Math.trunc(rest / value)));
      codes[row * values.length + column] = code;
      rest -= code * value;
    });
    if (rest !== 0) throw new RangeError(`the sum ${target} needs more than ${values.length} values`);
  });
  return codes;
}
