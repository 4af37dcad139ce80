/** `1 tensor`, `12,345 tensors`. */
export function countNoun(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
