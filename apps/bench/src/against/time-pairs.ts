/** What both builds do in a cell. Resolves when its work is done. */
export type Call = () => Promise<unknown>;

export interface PairEffort {
  /** ms that both may use together; the fewest pairs are taken in any case. */
  readonly share: number;
  readonly fewest: number;
}

/** ms that one build calls before the other one does: short, so that both see the same machine; long beside the clock. */
const msPerTurn = 4;

/** Times two builds in turns, the first one of each pair at random. Returns ms of one call, of the old and of the new build. */
export async function timePairs(
  old: Call,
  current: Call,
  { share, fewest }: PairEffort,
  random: () => number,
): Promise<[old: number, current: number][]> {
  const calls = Math.max(Math.round(msPerTurn / (await warmUp(old, current))), 1);
  const pairs: [number, number][] = [];
  const start = performance.now();
  while (pairs.length < fewest || performance.now() - start < share) {
    if (random() < 0.5) {
      const ms = await timeTurn(old, calls);
      pairs.push([ms, await timeTurn(current, calls)]);
    } else {
      const ms = await timeTurn(current, calls);
      pairs.push([await timeTurn(old, calls), ms]);
    }
  }
  return pairs;
}

/** Calls until engines have compiled what they run; returns ms of a call. */
async function warmUp(...calls: readonly Call[]): Promise<number> {
  let ms = 0;
  for (let round = 0; round < 3; round++) for (const call of calls) ms = await timeTurn(call, 5);
  return ms;
}

async function timeTurn(call: Call, times: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < times; i++) await call();
  return (performance.now() - start) / times;
}
