/** Which figures stand between two marks: those of the CPU, of WebGPU or of CUDA. */
export type Mark = "bench" | "webgpu" | "cuda";

/** The document with `text` between its two marks. @throws when the marks are not there, in this order. */
export function insertBetweenMarks(document: string, text: string, mark: Mark = "bench"): string {
  const begin = `<!-- ${mark}: begin, written by the bench -->`;
  const end = `<!-- ${mark}: end -->`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the document lacks the marks ${begin} and ${end}`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}
