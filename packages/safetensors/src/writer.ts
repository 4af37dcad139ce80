import type { ByteSink } from "./bytes/byte-sink.ts";
import { checkBytes } from "./bytes/check-bytes.ts";
import { OctetError, quote } from "./errors.ts";
import type { TensorInfo, TensorSpec } from "./header/tensor-info.ts";
import { type FilePlan, type MetadataInput, planFile } from "./plan.ts";

export interface SafetensorsContents {
  /** In any order; the file has its own. */
  readonly tensors: Iterable<TensorSpec>;
  readonly metadata?: MetadataInput;
}

/** Writes the data of a file whose header is already there, front to back. */
export interface SafetensorsWriter {
  /** In file order, which is the order that `write` wants. */
  readonly tensors: readonly TensorInfo[];
  /** Bytes of the whole file, header included. */
  readonly byteLength: number;
  /**
   * Appends bytes of a tensor; the whole of it, or any piece. It resolves when the sink has taken them, and `bytes` may be
   * reused from then on. Await it before the next call.
   *
   * Rejects with ERR_FORMAT for a name that is unknown or not yet, or no longer, its turn, with ERR_SHAPE for more bytes
   * than the tensor takes, with ERR_DTYPE for anything but a Uint8Array; the file is unharmed then. Rejects with what the
   * sink throws; nothing more can be written then.
   */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Throws ERR_FORMAT if bytes are missing, naming the first tensor. The sink stays open: it is the caller's to close. */
  finish(): Promise<void>;
}

/**
 * Writes the header, the same bytes that the reference writer puts there, and returns the writer for the data.
 *
 * Throws ERR_DTYPE, ERR_SHAPE or ERR_FORMAT, naming the tensor, before anything is written, when the contents cannot be
 * stored.
 */
export async function createSafetensorsWriter(
  sink: ByteSink,
  contents: SafetensorsContents,
): Promise<SafetensorsWriter> {
  if (typeof sink?.write !== "function") {
    throw new OctetError("ERR_UNSUPPORTED", `${quote(sink)} is not a byte sink; pass an object with write(bytes)`);
  }
  const { tensors, metadata } = Object(contents) as SafetensorsContents;
  const plan = planFile(tensors, metadata);
  await sink.write(plan.head);
  return new SinkWriter(sink, plan);
}

class SinkWriter implements SafetensorsWriter {
  readonly tensors: readonly TensorInfo[];
  readonly byteLength: number;
  readonly #sink: ByteSink;
  readonly #places: ReadonlyMap<string, number>;
  /** Place of the tensor being written, and how many of its bytes there are. */
  #place = 0;
  #written = 0;
  #state: "ready" | "writing" | "failed" | "finished" = "ready";

  constructor(sink: ByteSink, plan: FilePlan) {
    this.#sink = sink;
    this.tensors = plan.tensors;
    this.byteLength = plan.byteLength;
    this.#places = new Map(plan.tensors.map(({ name }, place) => [name, place]));
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    this.#checkReady();
    const place = this.#places.get(name);
    if (place === undefined) throw new OctetError("ERR_FORMAT", `tensor ${quote(name)} is not in this file's header`);
    checkBytes(`tensor ${quote(name)}`, bytes);
    this.#checkTurn(name, place);
    const before = place === this.#place ? this.#written : 0;
    const { byteLength } = this.tensors[place];
    if (bytes.byteLength > byteLength - before) {
      const given = before + bytes.byteLength;
      throw new OctetError(
        "ERR_SHAPE",
        `tensor ${quote(name)} takes ${byteLength} bytes, this piece would make ${given}`,
      );
    }
    this.#place = place;
    this.#written = before + bytes.byteLength;
    if (bytes.byteLength > 0) await this.#pass(bytes);
  }

  async finish(): Promise<void> {
    this.#checkReady();
    this.#checkComplete(this.tensors.length, "finish");
    this.#state = "finished";
  }

  async #pass(bytes: Uint8Array): Promise<void> {
    this.#state = "writing";
    try {
      await this.#sink.write(bytes);
      this.#state = "ready";
    } catch (error) {
      this.#state = "failed";
      throw error;
    }
  }

  #checkReady(): void {
    if (this.#state === "writing") throw new OctetError("ERR_FORMAT", "await each write before the next call");
    if (this.#state === "failed") throw new OctetError("ERR_FORMAT", "an earlier write failed; start the file again");
    if (this.#state === "finished") throw new OctetError("ERR_DISPOSED", "the file is finished");
  }

  #checkTurn(name: string, place: number): void {
    if (place < this.#place) {
      const current = quote(this.tensors[this.#place].name);
      throw new OctetError(
        "ERR_FORMAT",
        `tensor ${quote(name)} lies before ${current}; write in the order of writer.tensors`,
      );
    }
    this.#checkComplete(place, `writing ${quote(name)}`);
  }

  /** Checks that nothing is missing of the tensors before `place`. */
  #checkComplete(place: number, step: string): void {
    for (let at = this.#place; at < place; at++) {
      const { name, byteLength } = this.tensors[at];
      const missing = byteLength - (at === this.#place ? this.#written : 0);
      if (missing > 0)
        throw new OctetError("ERR_FORMAT", `tensor ${quote(name)} lacks ${missing} bytes before ${step}`);
    }
  }
}
