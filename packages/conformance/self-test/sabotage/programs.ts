import { positionsOp, readRowsOp, writeRowsOp } from "@octet/core";
import { copyHost, type HostData, type Replay, type StateOperand, type Step } from "@octet/core/backend";
import { HostBackend, type HostLaunch, type HostStorage } from "../host-backend.ts";
import type { Sabotage } from "./sabotage.ts";

type HostStep = Step<HostStorage, HostLaunch>;

class StaleBackend extends HostBackend {
  protected override capture(steps: readonly HostStep[]): Replay {
    const replay = super.capture(steps);
    let ran = false;
    const run = () => {
      if (ran) return undefined;
      ran = true;
      return replay.run();
    };
    return { run, dispose: () => replay.dispose() };
  }
}

class FreezingBackend extends HostBackend {
  protected override capture(steps: readonly HostStep[]): Replay {
    return super.capture(steps.map(({ launch, call }) => ({ launch: freezeLength(launch), call })));
  }
}

/** The launch with a copy of its state's length; an op that adds positions still counts on the device. */
function freezeLength(launch: HostLaunch): HostLaunch {
  if (!([positionsOp, readRowsOp, writeRowsOp] as unknown[]).includes(launch.op)) return launch;
  const state = launch.inputs.state as StateOperand<HostStorage>;
  const length = { host: copyHost(state.length.host as HostData) };
  return { ...launch, inputs: { ...launch.inputs, state: { ...state, length } } };
}

class ResultSharingBackend extends HostBackend {
  readonly #programs = new Set<HostStorage>();

  protected override capture(steps: readonly HostStep[]): Replay {
    for (const { call } of steps) if (call.output !== undefined) this.#programs.add(call.output);
    return super.capture(steps);
  }

  protected override copyNow(from: HostStorage, to: HostStorage): void {
    if (this.#programs.has(from)) to.host = from.host;
    else super.copyNow(from, to);
  }

  /** Fills the memory of a program in anew, in place. */
  protected override store(storage: HostStorage, result: HostData): void {
    if (storage.host !== undefined && this.#programs.has(storage)) Object.assign(storage.host, result);
    else super.store(storage, result);
  }
}

class SwallowingBackend extends HostBackend {
  protected override capture(steps: readonly HostStep[]): Replay {
    const replay = super.capture(steps);
    const run = () => {
      try {
        replay.run();
      } catch {}
      return undefined;
    };
    return { run, dispose: () => replay.dispose() };
  }
}

/** Programs that replay something else than their ops. */
export const programSabotages: readonly Sabotage[] = [
  { fault: "stale-replay", Backend: StaleBackend },
  { fault: "recorded-lengths", Backend: FreezingBackend },
  { fault: "shared-results", Backend: ResultSharingBackend },
  { fault: "swallowed-errors", Backend: SwallowingBackend },
];
