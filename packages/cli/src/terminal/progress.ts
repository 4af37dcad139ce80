import cliProgress from "cli-progress";
import prettyBytes from "pretty-bytes";
import type { Session } from "../session.ts";
import { printable, truncateMiddle } from "./text.ts";

/** How far a long run has come, in the unit of its total. */
export interface ProgressStep {
  readonly label: string;
  readonly done: number;
  readonly total: number;
}

interface Progress {
  update(step: ProgressStep): void;
  /** Takes the bar off the screen. */
  stop(): void;
}

const smallestLabel = 8;

/** Does some work under a progress bar on standard error, of bytes or a number of things; without one where there is no terminal. */
export async function withProgress<T>(
  session: Session,
  unit: "bytes" | "count",
  work: (update: Progress["update"]) => Promise<T>,
): Promise<T> {
  if (session.stderr.isTTY !== true || session.env.TERM === "dumb") return work(() => {});
  const progress = drawProgress(session, unit);
  try {
    return await work(progress.update);
  } finally {
    progress.stop();
  }
}

function drawProgress(session: Session, unit: "bytes" | "count"): Progress {
  const columns = session.stderr.columns ?? 80;
  const amount = unit === "bytes" ? prettyBytes : String;
  const bar = new cliProgress.SingleBar({
    stream: session.stderr,
    format: (options, { progress, value, total, eta }, { label }) => {
      const filled = Math.round(progress * options.barsize!);
      const line = "█".repeat(filled) + "░".repeat(options.barsize! - filled);
      const left = progress > 0 && progress < 1 && Number.isFinite(eta) ? `  ${eta} s left` : "";
      const percent = `${Math.floor(progress * 100)}%`.padStart(4);
      const text = `${line} ${percent}  ${amount(value)} of ${amount(total)}${left}  `;
      return text + truncateMiddle(printable(label), Math.max(columns - text.length - 1, smallestLabel));
    },
    barsize: 20,
    clearOnComplete: true,
    // Whatever kills the process, its terminal is as it was: no hidden cursor, no lines that do not wrap.
    hideCursor: false,
    linewrap: true,
    gracefulExit: false, // signals belong to the supervisor
    etaBuffer: 50,
  });
  let started = false;
  return {
    update({ label, done, total }) {
      if (!started) bar.start(total, done, { label });
      started = true;
      bar.update(done, { label });
    },
    stop() {
      if (started) bar.stop();
    },
  };
}
