import type { Finding, Replay } from "@octet/core/backend";
import type { Device } from "../device.ts";
import { Operation } from "../operation.ts";
import type { Launch } from "../storage.ts";
import type { Command, Copy } from "./command.ts";
import { type FindingSlots, slotBytes } from "./finding-pages.ts";
import { HeldBuffers } from "./held-buffers.ts";
import { prepareCommands } from "./prepare-commands.ts";

/** What the device keeps of a program between runs. */
interface Prepared {
  /** With findings, a run puts its copy of them into the last place. */
  readonly commands: Command[];
  readonly memory: HeldBuffers;
  readonly params: GPUBuffer | undefined;
  /** A slot for each step that looks for elements that are not finite: their first `slots` slots are used. */
  readonly findings: GPUBuffer;
  readonly slots: number;
}

/**
 * The steps of a recorded program. Their bind groups, parameters and temporary buffers are made once; a run enqueues the same commands
 * again. Kernels note their findings in slots of the program, which are cleared before a run and copied to slots of the run after it.
 */
export class CapturedSteps implements Replay {
  readonly #device: Device;
  readonly #launches: readonly Launch[];
  #prepared: Prepared | undefined;

  constructor(device: Device, launches: readonly Launch[]) {
    this.#device = device;
    this.#launches = launches;
    this.#prepared = this.#prepare();
  }

  run(): Finding {
    this.#prepared ??= this.#prepare();
    const prepared = this.#prepared;
    const { queue, findings } = this.#device;
    const slots = prepared.slots > 0 ? findings.take(prepared.slots) : undefined;
    try {
      const { commands } = prepared;
      if (slots !== undefined) commands[commands.length - 1] = copySlots(prepared.findings, slots);
      const verdict = queue.enqueue(commands);
      verdict.then((error) => {
        if (error !== undefined && this.#prepared === prepared) this.dispose();
      });
      return findings.open(verdict, slots);
    } catch (error) {
      if (slots !== undefined) findings.giveBack(slots);
      throw error;
    }
  }

  /** Drops what was prepared. Also called after a run that the device refused, so that the next run makes everything again. */
  dispose(): void {
    if (this.#prepared === undefined) return;
    const { memory, params, findings } = this.#prepared;
    this.#prepared = undefined;
    memory.releaseAll();
    this.#device.pool.release(findings);
    // What is enqueued and not submitted may use it.
    this.#device.queue.flush();
    params?.destroy();
  }

  #prepare(): Prepared {
    const { pool, features, maxRangeBytes, encoding } = this.#device;
    const memory = new HeldBuffers(pool);
    const findings = pool.take(this.#launches.length * slotBytes);
    let slots = 0;
    const resources = {
      features,
      maxRangeBytes,
      take: (bytes: number) => memory.take(bytes),
      release: (buffer: GPUBuffer) => memory.release(buffer),
      takeSlot: () => ({ buffer: findings, first: slots++, count: 1 }),
    };
    try {
      const commands: Command[] = [];
      for (const launch of this.#launches) {
        const operation = new Operation(resources);
        launch(operation);
        operation.releaseScratch();
        commands.push(...operation.commands);
      }
      if (slots > 0) {
        commands.unshift({ kind: "clear", buffer: findings, bytes: slots * slotBytes });
        commands.push(copySlots(findings, { buffer: findings, first: 0, count: slots }));
      }
      return { ...prepareCommands(encoding, commands), memory, findings, slots };
    } catch (error) {
      memory.releaseAll();
      pool.release(findings);
      throw error;
    }
  }
}

function copySlots(from: GPUBuffer, { buffer, first, count }: FindingSlots): Copy {
  return { kind: "copy", from, to: buffer, start: first * slotBytes, bytes: count * slotBytes };
}
