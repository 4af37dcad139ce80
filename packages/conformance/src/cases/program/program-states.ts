import {
  advance,
  type Backend,
  type HostTensor,
  hostTensor,
  OctetError,
  positions,
  readRows,
  type State,
  type StateForm,
  type Tensor,
  writeRows,
} from "@octet/core";
import { stateCalls } from "../../calls.ts";
import type { ConformanceCase, ConformanceContext } from "../../case.ts";
import { checkSame } from "../../checks/compare.ts";
import { checkRejects, checkThrows } from "../../checks/expect-error.ts";
import { check } from "../../checks/failure.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { checkMemory } from "../../checks/memory.ts";
import { download } from "../../checks/operands.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { promiseCase } from "../promise-case.ts";
import { checkLength, type Keep, randomRows } from "../state/state-script.ts";

/** A counter and a ring of rows. */
const form: StateForm = {
  capacity: 15,
  chunk: 8,
  slots: [
    { name: "ring", dtype: "float32", shape: [3], keep: 4 },
    { name: "token", dtype: "int8", shape: [] },
  ],
};

/** Programs that move states on: their lengths and rows are those of each run, and an error undoes all of a run. */
export function programStateCases(): ConformanceCase[] {
  const promise = (
    name: string,
    catches: readonly Fault[],
    run: (context: ConformanceContext) => Promise<void>,
  ): ConformanceCase => promiseCase("program", name, catches, run, stateCalls(form));
  return [
    promise("counter-and-ring", [...stepCatches, "returning-rows"], goesOn),
    promise("from-where-the-state-is", [...stepCatches, "uncut-length", "returning-rows"], fromWhereItIs),
    promise("between-ops", [...stepCatches, "uncut-length", "returning-rows", "consumed-input"], betweenOps),
    promise("two-states", ["stale-replay"], twoStates),
    promise("full-states", [], fullStates),
    promise(
      "errors-undo-the-run",
      [...errorCatches, "dropped-row-tail", "stale-replay", "recorded-lengths", "leak"],
      errorsUndo,
    ),
    promise("errors-by-sync", errorCatches, errorsBySync),
  ];
}

const stepCatches: readonly Fault[] = [
  "stale-replay",
  "recorded-lengths",
  "shared-results",
  "dropped-row-tail",
  "leak",
];
const errorCatches: readonly Fault[] = ["nan-ignored", "ignored-undo", "swallowed-errors"];

interface StepInputs {
  readonly x: Tensor;
  readonly token: Tensor;
  readonly state: State;
}

interface StepResults {
  readonly before: Tensor;
  readonly ring: Tensor;
  readonly tokens: Tensor;
  readonly after: Tensor;
}

/** Two positions: the first with the rows of x, then one of the same rows again. */
function step({ x, token, state }: StepInputs): StepResults {
  const before = positions(state, 2);
  for (let count = 0; count < 2; count++) {
    writeRows(state, "ring", x);
    writeRows(state, "token", token);
    advance(state, 1);
  }
  return { before, ring: readRows(state, "ring", 4), tokens: readRows(state, "token", 3), after: positions(state, 1) };
}

interface StepData {
  readonly x: HostTensor;
  readonly token: HostTensor;
}

function dataOf(seed: number): StepData {
  const random = new Random(seed);
  return { x: randomRows("float32", [1, 3], random), token: randomRows("int8", [1], random) };
}

function uploadData(on: Backend, { x, token }: StepData): Omit<StepInputs, "state"> {
  return { x: on.upload(x), token: on.upload(token) };
}

/** How a step runs: by a program, or one op after the other. */
type Run = (data: StepData) => StepResults;

function recordStep(state: State, keep: Keep): Run & { readonly dispose: () => void } {
  const on = state.backend;
  const { x, token } = uploadData(on, dataOf(0));
  const program = on.record(step, { x, token, state });
  x.dispose();
  token.dispose();
  const run = (data: StepData) => {
    const inputs = uploadData(on, data);
    try {
      return keepAll(program.run({ ...inputs, state }), keep);
    } finally {
      inputs.x.dispose();
      inputs.token.dispose();
    }
  };
  return Object.assign(run, { dispose: () => program.dispose() });
}

function callStep(state: State, keep: Keep): Run {
  return (data) => {
    const inputs = uploadData(state.backend, data);
    keep(inputs.x);
    keep(inputs.token);
    return keepAll(step({ ...inputs, state }), keep);
  };
}

function keepAll(results: StepResults, keep: Keep): StepResults {
  for (const result of Object.values(results) as Tensor[]) keep(result);
  return results;
}

/** What to do with a state, where `run` is the program on one side and the ops one by one on the other. */
type Course = (state: State, run: Run) => readonly StepResults[];

/** Takes a course with the program on the backend and with ops on the reference, and compares everything. */
async function checkCourse({ backend, reference }: ConformanceContext, course: Course): Promise<void> {
  const before = backend.memory();
  await keepTensors(async (keep) => {
    const state = keep(backend.state(form));
    const wantedState = keep(reference.state(form));
    const run = recordStep(state, keep);
    checkLength(state, 0);
    const got = course(state, run);
    const wanted = course(wantedState, callStep(wantedState, keep));
    run.dispose();
    for (const [index, results] of wanted.entries()) {
      for (const [name, result] of Object.entries(results) as [keyof StepResults, Tensor][]) {
        const what = `run ${index} of a program, ${name}`;
        checkSame(await download(backend, got[index][name]), await download(reference, result), what);
      }
    }
    checkLength(state, wantedState.length);
    checkSame(await download(backend, state), await download(reference, wantedState), "the state after all runs");
  });
  checkMemory(backend, before, []);
}

const goesOn = (context: ConformanceContext) =>
  checkCourse(context, (_state, run) => [1, 2, 3, 4, 5, 6, 7].map((seed) => run(dataOf(seed))));

const fromWhereItIs = (context: ConformanceContext) =>
  checkCourse(context, (state, run) => {
    const first = [1, 2, 3].map((seed) => run(dataOf(seed)));
    state.truncate(5);
    const cut = [4, 5].map((seed) => run(dataOf(seed)));
    state.reset();
    return [...first, ...cut, run(dataOf(6)), run(dataOf(7))];
  });

/** Ops and a copy between runs, none of which waits. */
const betweenOps = (context: ConformanceContext) =>
  checkCourse(context, (state, run) => {
    const first = run(dataOf(1));
    advance(state, 1); // the rows that lie there, zeros at first
    const copy = state.copy();
    state.truncate(2);
    const second = run(dataOf(2));
    copy.dispose();
    return [first, second, run(dataOf(3))];
  });

/** One program for each state; each goes on from its own length. */
async function twoStates({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const states = [keep(backend.state(form)), keep(backend.state(form))];
    const runs = states.map((state) => recordStep(state, keep));
    for (const [index, seed] of [1, 2, 3].entries()) {
      runs[0](dataOf(seed));
      if (index === 0) runs[1](dataOf(seed));
    }
    for (const run of runs) run.dispose();
    for (const [index, length] of [6, 2].entries()) {
      checkLength(states[index], length);
      const next = keep(positions(states[index], 1));
      checkSame(await download(backend, next), hostTensor("int32", [1], Int32Array.of(length)), "the next position");
    }
  });
}

/** A run that does not fit is refused before it writes anything. */
async function fullStates({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const state = keep(backend.state(form));
    const run = recordStep(state, keep);
    for (let seed = 1; seed <= 7; seed++) run(dataOf(seed));
    const full = await download(backend, state);
    const before = backend.memory();
    checkThrows("ERR_RANGE", () => run(dataOf(8)), "a run of two positions where there is room for one");
    checkMemory(backend, before, []);
    checkLength(state, 14);
    checkSame(await download(backend, state), full, "a full state after a run that it refused");
    state.truncate(12);
    run(dataOf(9));
    checkLength(state, 14);
    run.dispose();
  });
}

/** A run on a row with a NaN after a good one, and what is called after it, undone; then a good one again. */
async function errorsUndo({ backend, reference }: ConformanceContext): Promise<void> {
  const before = backend.memory();
  await keepTensors(async (keep) => {
    const state = keep(backend.state(form));
    const run = recordStep(state, keep);
    run(dataOf(1));
    let bad: StepResults | undefined;
    try {
      bad = run({ ...dataOf(2), x: hostTensor("float32", [1, 3], Float32Array.of(1, Number.NaN, 3)) });
    } catch (error) {
      checkNonFiniteError(error);
    }
    const results = bad === undefined ? [] : Object.values(bad);
    for (const result of results as Tensor[]) {
      await checkRejects("ERR_NON_FINITE", () => download(backend, result), "a result of a run that failed");
    }
    checkLength(state, 2);
    const wantedState = keep(reference.state(form));
    const call = callStep(wantedState, keep);
    call(dataOf(1));
    const [got, wanted] = [run(dataOf(3)), call(dataOf(3))];
    checkSame(
      await download(backend, got.after),
      await download(reference, wanted.after),
      "the run after one that failed",
    );
    checkSame(
      await download(backend, state),
      await download(reference, wantedState),
      "the state after a run that failed",
    );
    run.dispose();
    await backend.sync();
  });
  checkMemory(backend, before, []);
}

async function errorsBySync({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const state = keep(backend.state(form));
    const run = recordStep(state, keep);
    let thrown: unknown;
    try {
      run({ ...dataOf(2), x: hostTensor("float32", [1, 3], Float32Array.of(Number.NEGATIVE_INFINITY, 0, 3)) });
      await backend.sync();
    } catch (error) {
      thrown = error;
    }
    checkNonFiniteError(thrown);
    await backend.sync();
    checkLength(state, 0);
    const next = keep(positions(state, 1));
    checkSame(await download(backend, next), hostTensor("int32", [1], Int32Array.of(0)), "the device's count");
    run.dispose();
  });
}

function checkNonFiniteError(error: unknown): void {
  const code = OctetError.isInstance(error) ? error.code : String(error);
  check(code === "ERR_NON_FINITE", `a run that writes a NaN or infinity: got ${code}, wanted ERR_NON_FINITE`);
}
