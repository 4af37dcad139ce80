import {
  advance,
  type Backend,
  bytesPerElement,
  type DType,
  positions,
  readRows,
  type State,
  type StateForm,
  sizeOf,
} from "@octet/core";
import { stateCalls } from "../../calls.ts";
import type { ConformanceCase } from "../../case.ts";
import type { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { nameShape } from "../case-names.ts";
import { everyOpCatches } from "../op-faults.ts";
import { append, checkScript, counterForm, type Keep, type Script, writeRandom } from "./state-script.ts";

/** The contents of states after calls of all kinds: every slot, every read, against the reference. */
export function stateRowsCases(): ConformanceCase[] {
  return [...slotCases(), ...scriptCases(), ...walkCases()];
}

function scriptCase(
  name: string,
  form: StateForm,
  catches: readonly Fault[],
  script: (state: State, keep: Keep, random: Random, on: Backend) => ReturnType<Script>,
): ConformanceCase {
  return {
    id: `state/${name}.seed1`,
    family: "state",
    needs: stateCalls(form),
    catches: [...everyOpCatches, ...catches],
    run: (context) => checkScript(context, (on, keep, random) => script(keep(on.state(form)), keep, random, on)),
  };
}

const dtypes: readonly DType[] = ["float32", "float16", "bfloat16", "int8", "int16", "uint16", "int32"];
const rows: readonly (readonly number[])[] = [[], [1], [3], [2, 3], [33], [64]];

/** Every dtype and rows of odd sizes, in all rows and in rings. */
function slotCases(): ConformanceCase[] {
  return dtypes.flatMap((dtype) =>
    rows.flatMap((shape) => [slotCase(dtype, shape, undefined), slotCase(dtype, shape, 3)]),
  );
}

/** Fills a state, goes back and fills it again; a ring comes round twice. */
function slotCase(dtype: DType, shape: readonly number[], keep: number | undefined): ConformanceCase {
  const form: StateForm = {
    capacity: 20,
    chunk: 4,
    slots: [{ name: "rows", dtype, shape, ...(keep !== undefined && { keep }) }],
  };
  const odd = (sizeOf(shape) * bytesPerElement[dtype]) % 4 !== 0;
  return scriptCase(
    `rows.${dtype}.${nameShape(shape)}.${keep === undefined ? "all" : `keep${keep}`}`,
    form,
    ["uncut-length", "returning-rows", ...(odd ? (["dropped-row-tail"] as const) : [])],
    (state, hold, random) => {
      const reads: Record<string, ReturnType<typeof readRows>> = {};
      for (const [step, count] of [1, 2, 4, 3, 4, 1].entries()) {
        if (step === 3) state.truncate(6);
        append(state, count, random);
        reads[`the last 3 rows after step ${step}`] = hold(readRows(state, "rows", 3));
      }
      return { ...reads, "the state": state };
    },
  );
}

function scriptCases(): ConformanceCase[] {
  return [
    scriptCase("positions", counterForm, [], (state, keep, random) => {
      const none = keep(positions(state, 0));
      const first = keep(positions(state, 4));
      append(state, 3, random);
      const second = keep(positions(state, 1));
      advance(state, 0);
      return { none, first, second, third: keep(positions(state, 3)) };
    }),
    scriptCase("rows-count-once-advanced", counterForm, ["dropped-row-tail"], (state, keep, random) => {
      append(state, 2, random);
      writeRandom(state, "all", 4, random);
      writeRandom(state, "ring", 2, random);
      const before = keep(readRows(state, "all", 2));
      writeRandom(state, "all", 1, random); // again at the same position: this is what counts
      advance(state, 1);
      return { before, after: keep(readRows(state, "all", 3)), ring: keep(readRows(state, "ring", 3)), state };
    }),
    scriptCase(
      "reads-see-their-call",
      counterForm,
      ["dropped-row-tail", "uncut-length", "returning-rows", "aliased-copy"],
      (state, keep, random) => {
        append(state, 4, random);
        const before = keep(readRows(state, "all", 4));
        const copy = keep(state.copy());
        state.truncate(1);
        append(state, 4, random);
        const between = keep(readRows(state, "all", 4));
        state.reset();
        append(state, 2, random);
        return { before, copy, between, after: keep(readRows(state, "all", 4)) };
      },
    ),
    scriptCase("reset", counterForm, ["uncut-length", "returning-rows", "dropped-row-tail"], (state, keep, random) => {
      for (let round = 0; round < 3; round++) append(state, 4, random); // full
      state.reset();
      const empty = keep(readRows(state, "ring", 3));
      const all = keep(readRows(state, "all", 12));
      const next = keep(positions(state, 2));
      append(state, 1, random);
      return { empty, all, next, "one row": keep(readRows(state, "ring", 3)), state };
    }),
    scriptCase(
      "truncate",
      counterForm,
      ["uncut-length", "dropped-row-tail", "returning-rows"],
      (state, keep, random) => {
        append(state, 4, random);
        append(state, 4, random);
        state.truncate(8); // as long as it is
        state.truncate(6);
        const cut = keep(readRows(state, "ring", 3));
        const next = keep(positions(state, 1));
        append(state, 1, random);
        state.truncate(5);
        state.truncate(0);
        const nothing = keep(readRows(state, "all", 2));
        append(state, 2, random);
        return { cut, next, nothing, "the ring": keep(readRows(state, "ring", 3)), state };
      },
    ),
    scriptCase("copy", counterForm, ["aliased-copy", "uncut-length", "dropped-row-tail"], (state, keep, random) => {
      append(state, 3, random);
      const copy = keep(state.copy());
      append(copy, 2, random);
      append(state, 4, random);
      const second = keep(copy.copy());
      copy.truncate(4);
      append(copy, 1, random);
      return { state, copy, second, "the copy's ring": keep(readRows(copy, "ring", 3)) };
    }),
    scriptCase("copy-outlives-its-original", counterForm, ["dropped-row-tail"], (state, keep, random, on) => {
      append(state, 4, random);
      const copy = keep(state.copy());
      state.dispose();
      append(keep(on.state(counterForm)), 4, random); // takes the memory of the original, perhaps
      append(copy, 1, random);
      return { copy };
    }),
  ];
}

/** Two states of many slots at once, in random calls. */
function walkCases(): ConformanceCase[] {
  const slots = dtypes.map((dtype, index) => ({
    name: `${dtype}-${index}`,
    dtype,
    shape: rows[index % rows.length],
    ...(index % 2 === 0 && { keep: index + 1 }),
  }));
  const forms: Readonly<Record<string, StateForm>> = {
    "many-slots": { capacity: 40, chunk: 5, slots },
    "no-chunk": { capacity: 9, slots },
    "one-by-one": { capacity: 30, chunk: 1, slots: slots.slice(0, 3) },
    "nothing-kept": { capacity: 5, chunk: 2, slots: [{ name: "none", dtype: "float32", shape: [3], keep: 0 }] },
    large: { capacity: 700, chunk: 300, slots: [{ name: "wide", dtype: "float16", shape: [2, 129], keep: 257 }] },
  };
  return Object.entries(forms).map(([name, form]) =>
    scriptCase(`walk.${name}`, form, walkCatches(form), (first, keep, random, on) => {
      const states = [first, keep(on.state(form))];
      const reads: Record<string, ReturnType<typeof readRows>> = {};
      for (let step = 0; step < (name === "large" ? 10 : 40); step++) {
        const state = random.pick(states);
        walk(state, random);
        const slot = random.pick(state.slots);
        const count = random.integer(0, Math.min(slot.keep ?? state.capacity, 8));
        reads[`step ${step}, rows of ${slot.name}`] = keep(readRows(state, slot.name, count));
      }
      return { ...reads, "the first state": first, "the second state": states[1] };
    }),
  );
}

function walk(state: State, random: Random): void {
  const { length, capacity, chunk = capacity } = state;
  const choice = random.integer(0, 9);
  if (choice === 0) state.reset();
  else if (choice === 1 && length > 0) state.truncate(length - 1);
  else append(state, random.integer(0, Math.min(chunk, capacity - length)), random);
}

/** Random calls go back, read before position 0, and write rows of odd sizes, where the form lets them. */
function walkCatches({ slots, capacity }: StateForm): readonly Fault[] {
  const [{ keep }] = slots;
  if (keep === 0) return [];
  const odd = slots.some(({ dtype, shape }) => (sizeOf(shape) * bytesPerElement[dtype]) % 4 !== 0);
  const short: readonly Fault[] = capacity < 100 ? ["returning-rows"] : []; // a long state reads 8 rows of hundreds
  return ["uncut-length", ...short, ...(odd ? (["dropped-row-tail"] as const) : [])];
}
