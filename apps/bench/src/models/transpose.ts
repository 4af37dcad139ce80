/** `[rows, columns]` to `[columns, rows]`, in squares that fit the cache. */
export function transpose<T extends Float32Array | Int8Array>(values: T, rows: number, columns: number): T {
  const transposed = values.slice() as T;
  const side = 64;
  for (let row = 0; row < rows; row += side) {
    for (let column = 0; column < columns; column += side) {
      const lastRow = Math.min(row + side, rows);
      const lastColumn = Math.min(column + side, columns);
      for (let i = row; i < lastRow; i++) {
        for (let j = column; j < lastColumn; j++) transposed[j * rows + i] = values[i * columns + j];
      }
    }
  }
  return transposed;
}
