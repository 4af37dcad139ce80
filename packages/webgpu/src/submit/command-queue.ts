import { OctetError } from "@octet/core";
import { buffersOf, type Command, nameCommands } from "./command.ts";
import type { CommandEncoder } from "./command-encoder.ts";
import { mostTelling, refused, type Verdict, watchErrors } from "./error-scopes.ts";
import type { Pipelines } from "./pipelines.ts";
import type { Probation } from "./probation.ts";

/** Dispatches after which ops are submitted: the cost of a submission is spread over so many, and the GPU begins before all are known. */
const maxDispatches = 32;

/**
 * Workgroups after which ops are submitted: what keeps the GPU busy needs no company, and submissions that run for seconds are taken for
 * hung by some drivers.
 */
const maxWorkgroups = 8192;

/** Commands that wait for their submission. */
interface Batch {
  /** What the device says of the submission, once there was one. */
  readonly verdict: Verdict;
  /** Tells those who wait for the verdict. */
  readonly settle: (verdict: Verdict | OctetError) => void;
  readonly commands: Command[];
  dispatches: number;
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

  /** Takes an op's commands. Does not wait. Returns what the device will say of their submission, or submissions. */
  enqueue(commands: readonly Command[]): Verdict {
    const doubt = this.#doubtOf(commands);
    if (doubt !== undefined) this.flush();
    const verdict = this.#append(commands);
    if (doubt === undefined) return verdict;
    this.flush();
    return mostTelling([doubt, verdict]);
  }

  /** Writes to a buffer now, after everything enqueued so far that uses it. The bytes are copied. */
  write(buffer: GPUBuffer, bytes: Uint8Array): Verdict {
    if (this.#batch?.commands.some((command) => buffersOf(command).includes(buffer))) this.flush();
    const { device, probation } = this.#options;
    const { verdict } = watchErrors(
      device,
      () => "an upload",
      () => writeWords(device.queue, buffer, bytes),
    );
    const doubt = probation.verdictOn(buffer);
    return doubt === undefined ? verdict : mostTelling([doubt, verdict]);
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
    batch.verdict.then((error) => {
      if (error !== undefined) encoder.forget();
    });
  }

  /** Forgets what was not submitted yet. */
  destroy(): void {
    this.#batch?.settle(new OctetError("ERR_DISPOSED", "the backend was disposed before it submitted the op"));
    this.#batch = undefined;
    this.#options.encoder.destroy();
  }

  /** The verdict on whatever the commands use that is not known to be sound. Has their shaders compiled. */
  #doubtOf(commands: readonly Command[]): Verdict | undefined {
    const { pipelines, probation } = this.#options;
    for (const command of commands) if (command.kind === "dispatch") pipelines.get(command.shader);
    if (probation.isOver) return undefined;
    return probation.verdictOnAll(
      commands.flatMap((command): readonly object[] => {
        const buffers = buffersOf(command);
        if (command.kind === "dispatch") return [...buffers, pipelines.get(command.shader)];
        return command.kind === "prepared" ? [...buffers, command.pipeline, command.bindGroup] : buffers;
      }),
    );
  }

  #append(commands: readonly Command[]): Verdict {
    const verdicts: Verdict[] = [];
    for (const command of commands) {
      this.#batch ??= this.#openBatch();
      const batch = this.#batch;
      if (verdicts.at(-1) !== batch.verdict) verdicts.push(batch.verdict);
      batch.commands.push(command);
      if (!("workgroups" in command)) continue;
      batch.dispatches++;
      batch.workgroups += command.workgroups;
      if (batch.dispatches >= maxDispatches || batch.workgroups >= maxWorkgroups) this.flush();
    }
    return verdicts.length === 1 ? verdicts[0] : mostTelling(verdicts);
  }

  #openBatch(): Batch {
    const { promise: verdict, resolve: settle } = Promise.withResolvers<OctetError | undefined>();
    const batch = { verdict, settle, commands: [], dispatches: 0, workgroups: 0 };
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
