import { setTimeout } from "node:timers/promises";

const msPerLook = 3;
/** A process that uses less than this share of one core is at rest; looking takes 0.03 of it. */
const restingShare = 0.1;
const mostLooks = 30;

/**
 * Resolves when the threads of this process rest, 90 ms later at the most. onnxruntime's workers go on spinning for some 30 ms after
 * a call, and V8 collects garbage beside it, on a core that an arm with a thread for each core needs; neither may be charged to whoever
 * is timed next. So garbage is collected here, where the process was started with `--expose-gc`.
 */
export async function settle(): Promise<void> {
  globalThis.gc?.();
  for (let look = 0; look < mostLooks; look++) {
    const before = process.cpuUsage();
    await setTimeout(msPerLook);
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 < restingShare * msPerLook) return;
  }
}
