/** Where a run of the command writes and what may stop it. `worker.ts` passes the process's own; tests pass buffers. */
export interface Streams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** For NO_COLOR, FORCE_COLOR and TERM. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted with an `Interruption` when the process is asked to stop. */
  readonly signal: AbortSignal;
}

/** A terminal, a pipe, a file or a buffer. `isTTY` and `columns` are there on terminals only. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** One run. A command that ends without an error and still has bad news to tell sets the exit code. */
export interface Session extends Streams {
  exitCode: number;
}

/** The one document that `--json` prints. JSON has no Infinity: numbers that may be infinite are null there. */
export function printJson(session: Session, document: object): void {
  session.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
