import { OctetError } from "@octet/core";
import { buffersOf, type Command } from "./command.ts";
import type { CommandEncoder } from "./command-encoder.ts";
import { mostTelling, refused, type Verdict, watchErrors } from "./error-scopes.ts";
import type { Pipelines } from "./pipelines.ts";
import type { Probation } from "./probation.ts";

/** What an op needs of the queue. */
export interface Enqueued {
  readonly commands: readonly Command[];
  /** What it took from the pool. */
  readonly buffers: readonly GPUBuffer[];
  /** What the device says of its uploads. */
  readonly writes: readonly Verdict[];
}

/** What ops are submitted in, now or later. */
export interface Submission {
  /** What the device says of it, once it is submitted. */
  readonly verdict: Verdict;
}

/** Launches after which ops are submitted: the cost of a submission is spread over so many, and the GPU begins before all are known. */
const maxLaunches = 32;

/**
 * Workgroups after which ops are submitted: what keeps the GPU busy needs no company, and submissions that run for seconds are taken for
 * hung by some drivers.
 */
const maxWorkgroups = 8192;

/** Ops that wait for their submission. */
interface Batch {
  readonly submission: Submission;
  /** Tells those who wait for the submission's verdict. */
  readonly settle: (verdict: Verdict | OctetError) => void;
  readonly commands: Command[];
  launches: number;
  workgroups: number;
}

export interface CommandQueueOptions {
  readonly device: GPUDevice;
  readonly encoder: CommandEncoder;
  readonly pipelines: Pipelines;
  readonly probation: Probation;
}

/**
 * Submits ops, several together: at the latest when the running piece of synchronous code ends, before anything is read or written from
 * the host, and when there are many. An op on something that may turn out unsound is submitted apart, so that no other fails with it.
 */
export class CommandQueue {
  readonly #options: CommandQueueOptions;
  #batch: Batch | undefined;

  constructor(options: CommandQueueOptions) {
    this.#options = options;
  }

  /** Takes an op's commands. Does not wait. */
  enqueue({ commands, buffers, writes }: Enqueued): Submission {
    const { pipelines, probation } = this.#options;
    const things: object[] = [...buffers];
    for (const command of commands) {
      things.push(...buffersOf(command));
      if (command.kind === "launch") things.push(pipelines.get(command.shader));
    }
    const doubt = probation.verdictOnAll(things);
    const verdicts = doubt === undefined ? writes : [...writes, doubt];
    if (commands.length === 0) return { verdict: mostTelling(verdicts) };
    if (doubt !== undefined) this.flush();
    const { submission } = this.#append(commands);
    if (doubt !== undefined) this.flush();
    return verdicts.length === 0 ? submission : { verdict: mostTelling([...verdicts, submission.verdict]) };
  }

  /** Writes to a buffer now, after everything enqueued so far that uses it. The bytes are copied. */
  write(buffer: GPUBuffer, bytes: Uint8Array): Verdict {
    if (this.#batch?.commands.some((command) => buffersOf(command).includes(buffer))) this.flush();
    const { device } = this.#options;
    const { verdict } = watchErrors(
      device,
      () => "an upload",
      () => writeWords(device.queue, buffer, bytes),
    );
    return verdict;
  }

  /** Submits what was enqueued. */
  flush(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#batch = undefined;
    const { device, encoder } = this.#options;
    const subject = () => nameCommands(batch.commands);
    try {
      const { result: doubt, verdict } = watchErrors(device, subject, () => encoder.submit(batch.commands));
      batch.settle(doubt === undefined ? verdict : mostTelling([doubt, verdict]));
    } catch (error) {
      batch.settle(refused(subject(), error));
    }
    batch.submission.verdict.then((error) => {
      if (error !== undefined) encoder.forget();
    });
  }

  /** Forgets what was not submitted yet. */
  destroy(): void {
    this.#batch?.settle(new OctetError("ERR_DISPOSED", "the backend was disposed before it submitted the op"));
    this.#batch = undefined;
    this.#options.encoder.destroy();
  }

  #append(commands: readonly Command[]): Batch {
    this.#batch ??= this.#openBatch();
    const batch = this.#batch;
    for (const command of commands) {
      batch.commands.push(command);
      if (command.kind === "clear") continue;
      batch.launches++;
      batch.workgroups += command.workgroups;
    }
    if (batch.launches >= maxLaunches || batch.workgroups >= maxWorkgroups) this.flush();
    return batch;
  }

  #openBatch(): Batch {
    const { promise: verdict, resolve: settle } = Promise.withResolvers<OctetError | undefined>();
    const batch = { submission: { verdict }, settle, commands: [], launches: 0, workgroups: 0 };
    queueMicrotask(() => {
      if (this.#batch === batch) this.flush();
    });
    return batch;
  }
}

/** Whole words, and the rest in a word of its own. */
function writeWords(queue: GPUQueue, buffer: GPUBuffer, bytes: Uint8Array): void {
  const whole = bytes.byteLength - (bytes.byteLength % 4);
  if (whole > 0) queue.writeBuffer(buffer, 0, bytes as Uint8Array<ArrayBuffer>, 0, whole);
  if (whole === bytes.byteLength) return;
  const rest = new Uint8Array(4);
  rest.set(bytes.subarray(whole));
  queue.writeBuffer(buffer, whole, rest);
}

/** For messages: the kernels, each once. */
function nameCommands(commands: readonly Command[]): string {
  const names = new Set(commands.map((command) => (command.kind === "clear" ? "clear" : `"${command.shader.name}"`)));
  return names.size === 1 ? `the op ${[...names]}` : `one of the ops ${[...names].join(", ")}`;
}
