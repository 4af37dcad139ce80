import type { CPUResults, Results } from "../results.ts";

/** When, where and with what a run was made, in two sentences. */
export function describeRun(results: CPUResults): string {
  const peers = Object.entries(results.runs[0].versions).map(([name, version]) => `${name} ${version}`);
  return `${describeMachine(results)} Beside ${peers.join(", ")}.`;
}

/** When and where a run was made, in a sentence. */
export function describeMachine({ date, machine }: Pick<Results, "date" | "machine">): string {
  const { cpu, cores, memoryGiB, platform, node, v8, load } = machine;
  return (
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}, Node ${node} (V8 ${v8}), load average ${load[0]} at the start, ` +
    `${date.slice(0, 10)}.`
  );
}

/** What makes the times of a run doubtful; undefined where nothing does. */
export function findDoubt({ quick, machine }: Pick<Results, "quick" | "machine">): string | undefined {
  if (quick) return "A quick run: it shows that every arm starts and is right; its times mean nothing.";
  if (machine.load[0] > machine.cores / 4) {
    return `The machine was busy: load average ${machine.load[0]} on ${machine.cores} cores when the run began. Take ratios with care.`;
  }
  return undefined;
}
