/** Which figures stand between two marks: the CPU's or the GPU's. */
export type Mark = "bench" | "webgpu";

/** The document with `text` between its two marks. @throws when the marks are not there, in this order. */
export function insertBetweenMarks(document: string, text: string, mark: Mark = "bench"): string {
  const begin = `<!-- ${mark}: begin, written by the bench -->`;
  const end = `<!-- ${mark}: end -->`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the document lacks the marks ${begin} and ${end}`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}
