/** Shortens to `width` characters by taking out the middle: the end of a tensor's name says more than its middle. */
export function truncateMiddle(text: string, width: number): string {
  if (text.length <= width) return text;
  const tail = Math.ceil((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}
