import { shuffle } from "simple-statistics";

/** Whoever takes part: one call does the whole job, from data on the host to data on the host. */
export interface Contestant {
  readonly id: string;
  call(): Promise<unknown>;
}

/** Times of the calls of one contestant, in ms. */
export interface Samples {
  /** First calls of a turn: the others ran in between, so that caches hold their data and worker threads sleep. */
  readonly fresh: number[];
  /** The calls right after: the state of a loop that calls nothing else. */
  readonly repeated: number[];
}

export interface Effort {
  /** Time that one contestant may use, in ms; all of them together about as often. */
  readonly share: number;
  /** Calls before the first turn go on for this long, in ms. */
  readonly warmUp: number;
  /** Turns that everyone gets, however slow. */
  readonly fewestTurns: number;
  readonly mostTurns: number;
}

export interface Surroundings {
  /** Time in ms. */
  now(): number;
  /** Resolves when nothing that an earlier call left running disturbs the next one. */
  settle(): Promise<void>;
  /** In [0, 1); decides the order of a round. */
  random(): number;
}

/** Repeated calls of one turn, for calls that are short enough. */
const mostRepeats = 8;
const msPerTurn = 40;
/** A call this long (ms) outlasts what it finds in the caches, so that it stands for a repeated one as well. */
const longCall = 500;

/**
 * Times contestants in turns: rounds in a new random order each, a turn being one fresh call and some repeated ones. Whoever has used
 * up its share sits out the later rounds.
 */
export async function interleave(
  contestants: readonly Contestant[],
  effort: Effort,
  surroundings: Surroundings,
): Promise<Map<string, Samples>> {
  const samples = new Map<string, Samples>(contestants.map(({ id }) => [id, { fresh: [], repeated: [] }]));
  const spent = new Map<string, number>();
  for (const contestant of contestants) await warmUp(contestant, effort, surroundings);
  for (let turn = 0; turn < effort.mostTurns; turn++) {
    const playing = contestants.filter(({ id }) => turn < effort.fewestTurns || (spent.get(id) ?? 0) < effort.share);
    for (const contestant of shuffle([...playing], surroundings.random)) {
      await surroundings.settle();
      const took = await takeTurn(contestant, samples.get(contestant.id)!, surroundings);
      spent.set(contestant.id, (spent.get(contestant.id) ?? 0) + took);
    }
  }
  return samples;
}

async function warmUp(contestant: Contestant, effort: Effort, { now }: Surroundings): Promise<void> {
  const start = now();
  do await contestant.call();
  while (now() - start < effort.warmUp);
}

async function takeTurn(contestant: Contestant, { fresh, repeated }: Samples, { now }: Surroundings): Promise<number> {
  const first = await timeCall(contestant, now);
  fresh.push(first);
  if (first >= longCall) {
    repeated.push(first);
    return first;
  }
  const repeats = Math.min(Math.max(Math.floor(msPerTurn / first), 1), mostRepeats);
  let total = first;
  for (let i = 0; i < repeats; i++) {
    const took = await timeCall(contestant, now);
    repeated.push(took);
    total += took;
  }
  return total;
}

async function timeCall(contestant: Contestant, now: () => number): Promise<number> {
  const start = now();
  await contestant.call();
  return now() - start;
}
