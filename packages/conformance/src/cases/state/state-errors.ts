import {
  advance,
  advanceOp,
  type HostState,
  hostTensor,
  type OctetErrorCode,
  positions,
  positionsOp,
  readRows,
  readRowsOp,
  type StateForm,
  writeRows,
  writeRowsOp,
} from "@octet/core";
import { maxPositions } from "@octet/core/backend";
import { stateCalls } from "../../calls.ts";
import type { ConformanceCase, ConformanceContext } from "../../case.ts";
import { checkSame } from "../../checks/compare.ts";
import { checkRejects, checkThrows } from "../../checks/expect-error.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { checkMemory } from "../../checks/memory.ts";
import { download, upload } from "../../checks/operands.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { promiseCase } from "../promise-case.ts";
import { append, checkLength, counterForm, randomRows } from "./state-script.ts";

/** Calls that states refuse before anything is written. */
export function stateErrorCases(): ConformanceCase[] {
  const promise = (
    name: string,
    catches: readonly Fault[],
    run: (context: ConformanceContext) => Promise<void>,
  ): ConformanceCase => promiseCase("state", name, catches, run, stateCalls(counterForm));
  return [
    promise("limits", ["unchecked-arguments", "consumed-input"], limits),
    promise("arguments", ["unchecked-arguments"], badArguments),
    promise("truncate-past-a-ring", ["uncut-length", "consumed-input", "dropped-row-tail"], truncatePastRing),
    promise("bad-forms", [], badForms),
    promise("upload-of-bad-states", [], badUploads),
    promise("owners", ["foreign-accepted"], foreignStates),
    promise("use-of-disposed-states", ["forgotten-dispose"], disposedStates),
    promise("use-after-the-backend", [], useAfterBackend),
  ];
}

type Call = readonly [what: string, code: OctetErrorCode, call: () => unknown];

const rows = (dtype: "int8" | "float32", ...shape: number[]) => randomRows(dtype, shape, new Random(3));

/** The chunk, the capacity and the rows that a slot keeps. */
async function limits({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const state = keep(backend.state(counterForm));
    const random = new Random(1);
    for (const count of [4, 4, 3]) append(state, count, random);
    const full = await download(backend, state);
    const [two, five] = [2, 5].map((count) => keep(backend.upload(rows("int8", count, 3))));
    const pairs = keep(backend.upload(rows("float32", 2, 2)));
    const before = backend.memory();
    const calls: readonly Call[] = [
      ["rows past the capacity", "ERR_RANGE", () => writeRows(state, "all", two)],
      ["rows of a ring past the capacity", "ERR_RANGE", () => writeRows(state, "ring", pairs)],
      ["more rows than the chunk", "ERR_RANGE", () => writeRows(state, "all", five)],
      ["2 positions past the capacity", "ERR_RANGE", () => advance(state, 2)],
      ["5 positions at once", "ERR_RANGE", () => advance(state, 5)],
      ["-1 positions", "ERR_RANGE", () => advance(state, -1)],
      ["half a position", "ERR_RANGE", () => advance(state, 0.5)],
      ["the numbers of 2 positions past the capacity", "ERR_RANGE", () => positions(state, 2)],
      ["the numbers of -1 positions", "ERR_RANGE", () => positions(state, -1)],
      ["4 rows of a ring of 3", "ERR_RANGE", () => readRows(state, "ring", 4)],
      ["13 rows of a capacity of 12", "ERR_RANGE", () => readRows(state, "all", 13)],
      ["-1 rows", "ERR_RANGE", () => readRows(state, "all", -1)],
      ["truncating to more", "ERR_RANGE", () => state.truncate(12)],
      ["truncating to -1", "ERR_RANGE", () => state.truncate(-1)],
      ["truncating to NaN", "ERR_RANGE", () => state.truncate(Number.NaN)],
    ];
    for (const [what, code, call] of calls) {
      checkThrows(code, call, what);
      checkMemory(backend, before, []);
      checkLength(state, 11);
    }
    checkSame(await download(backend, state), full, "a state after calls that it refused");
    const last = keep(readRows(state, "all", 12));
    append(state, 1, random); // exactly full
    checkLength(state, 12);
    checkSame(await download(backend, last), await download(backend, last), "rows of a full state");
  });
}

async function badArguments({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const state = keep(backend.state(counterForm));
    const [row, pair, wide, flat, scalar] = [
      rows("int8", 1, 3),
      rows("float32", 1, 2),
      rows("int8", 1, 4),
      rows("int8", 3),
      rows("int8"),
    ].map((host) => keep(backend.upload(host)));
    const before = backend.memory();
    const calls: readonly Call[] = [
      ["rows of an unknown slot", "ERR_SHAPE", () => writeRows(state, "none", row)],
      ["rows of another dtype", "ERR_DTYPE", () => writeRows(state, "all", pair)],
      ["rows of another width", "ERR_SHAPE", () => writeRows(state, "all", wide)],
      ["one row without a first axis", "ERR_SHAPE", () => writeRows(state, "all", flat)],
      ["a scalar for rows", "ERR_SHAPE", () => writeRows(state, "all", scalar)],
      ["reading an unknown slot", "ERR_SHAPE", () => readRows(state, "none", 1)],
      ["a slot by its number", "ERR_UNSUPPORTED", () => readRows(state, 0 as never, 1)],
      ["positions in text", "ERR_UNSUPPORTED", () => positions(state, "1" as never)],
      ["a misspelled parameter", "ERR_UNSUPPORTED", () => backend.run(advanceOp, { state }, { cuont: 1 } as never)],
    ];
    for (const [what, code, call] of calls) {
      checkThrows(code, call, what);
      checkMemory(backend, before, []);
    }
    checkLength(state, 0);
  });
}

/** A ring of 3 rows with room for a chunk of 4 reaches back 4 positions, but a reset always works. */
async function truncatePastRing({ backend, reference }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const states = [backend, reference].map((on) => keep(on.state(counterForm)));
    for (const state of states) {
      for (const seed of [1, 2]) append(state, 4, new Random(seed));
      checkThrows("ERR_RANGE", () => state.truncate(3), "truncating to where a ring has lost rows");
      checkLength(state, 8);
      state.truncate(4);
      append(state, 2, new Random(3));
    }
    const [got, wanted] = states;
    checkSame(await download(backend, got), await download(reference, wanted), "a state truncated as far as it goes");
    got.reset();
    checkLength(got, 0);
    checkSame(
      await download(backend, got),
      await download(reference, keep(reference.state(counterForm))),
      "a reset state",
    );
  });
}

async function badForms({ backend }: ConformanceContext): Promise<void> {
  const before = backend.memory();
  const slot = { name: "rows", dtype: "float32", shape: [2] } as const;
  const forms: readonly (readonly [string, OctetErrorCode, unknown])[] = [
    ["nothing", "ERR_SHAPE", undefined],
    ["no slots", "ERR_SHAPE", { capacity: 4 }],
    ["two slots of one name", "ERR_SHAPE", { capacity: 4, slots: [slot, slot] }],
    ["a slot without a name", "ERR_SHAPE", { capacity: 4, slots: [{ ...slot, name: "" }] }],
    ["rows without elements", "ERR_SHAPE", { capacity: 4, slots: [{ ...slot, shape: [2, 0] }] }],
    ["a negative extent", "ERR_SHAPE", { capacity: 4, slots: [{ ...slot, shape: [-2] }] }],
    ["an unknown dtype", "ERR_DTYPE", { capacity: 4, slots: [{ ...slot, dtype: "float64" }] }],
    ["no capacity", "ERR_RANGE", { slots: [slot] }],
    ["a capacity of 0", "ERR_RANGE", { capacity: 0, slots: [slot] }],
    ["half a position", "ERR_RANGE", { capacity: 1.5, slots: [slot] }],
    ["too many positions", "ERR_RANGE", { capacity: maxPositions + 1, slots: [slot] }],
    ["a chunk of 0", "ERR_RANGE", { capacity: 4, chunk: 0, slots: [slot] }],
    ["a keep of -1", "ERR_RANGE", { capacity: 4, slots: [{ ...slot, keep: -1 }] }],
  ];
  for (const [what, code, form] of forms) {
    checkThrows(code, () => backend.state(form as StateForm), `a state of ${what}`);
    checkMemory(backend, before, []);
  }
  const extent = Math.ceil(backend.info.maxTensorBytes / 4 / maxPositions) + 1;
  const large: StateForm = { capacity: maxPositions, slots: [{ ...slot, shape: [extent] }] };
  checkThrows("ERR_OUT_OF_MEMORY", () => backend.state(large), "a state larger than maxTensorBytes");
  checkMemory(backend, before, []);
}

async function badUploads({ backend, reference }: ConformanceContext): Promise<void> {
  const before = backend.memory();
  await keepTensors(async (keep) => {
    const state = keep(reference.state(counterForm));
    append(state, 4, new Random(1));
    const good = (await download(reference, state)) as HostState;
    const [all, ring] = good.rows;
    const bad: readonly (readonly [string, unknown])[] = [
      ["a negative length", { ...good, length: -1 }],
      ["a length past the capacity", { ...good, length: 13 }],
      ["a length that is not that of its rows", { ...good, length: 5 }],
      ["no rows", { ...good, rows: undefined }],
      ["the rows of one slot", { ...good, rows: [all] }],
      ["rows of another dtype", { ...good, rows: [ring, all] }],
      ["more rows than a ring keeps", { ...good, rows: [all, hostTensor("float32", [4, 2], new Float32Array(8))] }],
    ];
    for (const [what, host] of bad) {
      checkThrows("ERR_FORMAT", () => upload(backend, host as HostState), `upload of a state with ${what}`);
      checkMemory(backend, before, []);
    }
    const uploaded = upload(backend, good);
    checkSame(await download(backend, uploaded), good, "a good state");
    uploaded.dispose();
  });
}

async function foreignStates({ backend, reference }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const own = keep(backend.state(counterForm));
    const state = keep(reference.state(counterForm));
    const x = keep(backend.upload(rows("int8", 1, 3)));
    const foreign = keep(reference.upload(rows("int8", 1, 3)));
    const code = "ERR_FOREIGN_TENSOR";
    // `run` of this backend, since the functions of ops call the backend of the first handle that they are given.
    checkThrows(code, () => backend.run(advanceOp, { state }, { count: 1 }), "advance of a foreign state");
    checkThrows(code, () => backend.run(positionsOp, { state }, { count: 1 }), "positions of a foreign state");
    checkThrows(code, () => backend.run(readRowsOp, { state }, { slot: "all", count: 1 }), "rows of a foreign state");
    checkThrows(code, () => backend.run(writeRowsOp, { x, state }, { slot: "all" }), "rows for a foreign state");
    checkThrows(code, () => backend.run(writeRowsOp, { x: foreign, state: own }, { slot: "all" }), "foreign rows");
    await checkRejects(code, () => backend.download(state), "download of a foreign state");
  });
}

async function disposedStates({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const state = backend.state(counterForm);
    const x = keep(backend.upload(rows("int8", 1, 3)));
    state.dispose();
    const code = "ERR_DISPOSED";
    checkThrows(code, () => writeRows(state, "all", x), "rows for a disposed state");
    checkThrows(code, () => advance(state, 1), "advance of a disposed state");
    checkThrows(code, () => positions(state, 1), "positions of a disposed state");
    checkThrows(code, () => readRows(state, "all", 1), "rows of a disposed state");
    checkThrows(code, () => state.truncate(0), "truncating a disposed state");
    checkThrows(code, () => state.reset(), "a reset of a disposed state");
    checkThrows(code, () => state.copy(), "a copy of a disposed state");
    await checkRejects(code, () => backend.download(state), "download of a disposed state");
  });
}

async function useAfterBackend({ backend }: ConformanceContext): Promise<void> {
  const state = backend.state(counterForm);
  backend.dispose();
  const code = "ERR_DISPOSED";
  checkThrows(code, () => backend.state(counterForm), "a state of a disposed backend");
  checkThrows(code, () => advance(state, 1), "advance on a disposed backend");
  checkThrows(code, () => state.reset(), "a reset on a disposed backend");
  checkThrows(code, () => state.copy(), "a copy on a disposed backend");
  await checkRejects(code, () => backend.download(state), "download of a state from a disposed backend");
}
