/** A process of the bench: its one argument is the number of threads of every library in it. */
import { OpenLayer } from "./open-layer.ts";
import type { Reply, Request, Requests } from "./requests.ts";
import { timeMemory } from "./time-memory.ts";

const threads = Number(process.argv[2]);
let layer: OpenLayer | undefined;

const requests: Requests = {
  async openLayer(options) {
    layer = await OpenLayer.open(options, threads);
  },
  async timeLayer(rows, effort) {
    return await layer!.time(rows, effort);
  },
  async closeLayer() {
    await layer?.close();
    layer = undefined;
  },
  async timeMemory(options, effort) {
    return await timeMemory(options, threads, effort);
  },
};

process.on("message", async ({ name, args }: Request) => {
  process.send!(await answer(name, args));
});

// Worker threads of a library would keep a process alive whose parent is gone.
process.on("disconnect", () => process.exit());

async function answer(name: keyof Requests, args: readonly unknown[]): Promise<Reply> {
  try {
    const request = requests[name] as (...args: readonly unknown[]) => Promise<unknown>;
    return { value: await request(...args) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
