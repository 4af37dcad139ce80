import { SingleBar } from "cli-progress";

/** Hears what begins, and which share of the steps is done. */
export type OnStep = (text: string, done: number) => void;

/** Does something long, with a bar on a terminal and with lines elsewhere. */
export async function withProgress<T>(work: (onStep: OnStep) => Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return await work((text) => console.error(text));
  const bar = new SingleBar({ format: "{bar} {percentage}% {text}", clearOnComplete: true });
  bar.start(1, 0, { text: "" });
  try {
    return await work((text, done) => bar.update(done, { text }));
  } finally {
    bar.stop();
  }
}
