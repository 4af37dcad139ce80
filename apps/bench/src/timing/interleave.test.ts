import { describe, expect, it } from "vitest";
import { type Contestant, type Effort, interleave } from "./interleave.ts";

/** A contestant's calls take what `msOfCall` says of their numbers, by a clock that nothing else moves. */
function simulate(msOfCall: Readonly<Record<string, (call: number) => number>>) {
  let time = 0;
  const order: string[] = [];
  const contestants = Object.entries(msOfCall).map(([id, ms]): Contestant => {
    let calls = 0;
    return {
      id,
      async call() {
        order.push(id);
        time += ms(calls++);
      },
    };
  });
  const settled: number[] = [];
  const surroundings = {
    now: () => time,
    settle: async () => void settled.push(order.length),
    random: () => 0.5,
  };
  return { order, settled, play: (effort: Effort) => interleave(contestants, effort, surroundings) };
}

const effort: Effort = { share: 0, warmUp: 0, fewestTurns: 2, mostTurns: 9 };

describe("interleave", () => {
  it("leaves warm-up out, however slow it is", async () => {
    const game = simulate({ a: (call) => (call < 3 ? 1000 : 40) });
    const samples = await game.play({ ...effort, warmUp: 2500 });
    expect(samples.get("a")).toEqual({ fresh: [40, 40], repeated: [40, 40] });
  });

  it("gives every turn one fresh call and repeated ones that fill it", async () => {
    // Warm-up is call 0; turns begin with calls 1 and 6.
    const game = simulate({ a: (call) => (call % 5 === 1 ? 10 : 3) });
    const samples = await game.play(effort);
    expect(samples.get("a")).toEqual({ fresh: [10, 10], repeated: [3, 3, 3, 3, 3, 3, 3, 3] });
  });

  it("lets every contestant play in every round, and settles before each turn", async () => {
    const game = simulate({ a: () => 600, b: () => 600, c: () => 600 });
    await game.play(effort);
    const rounds = [game.order.slice(3, 6), game.order.slice(6)];
    for (const round of rounds) expect(round.toSorted()).toEqual(["a", "b", "c"]);
    expect(game.settled).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it("takes a long call for a repeated one as well", async () => {
    const game = simulate({ a: () => 600 });
    expect((await game.play(effort)).get("a")).toEqual({ fresh: [600, 600], repeated: [600, 600] });
  });

  it("ends when shares are used up, but not before the fewest turns", async () => {
    const game = simulate({ slow: () => 600, quick: () => 20 });
    const samples = await game.play({ ...effort, share: 200 });
    expect(samples.get("slow")!.fresh.length).toBe(2);
    // 60 ms a turn: the fourth one uses up 200 ms.
    expect(samples.get("quick")!.fresh.length).toBe(4);
  });
});
