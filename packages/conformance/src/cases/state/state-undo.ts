import {
  type AnyHandle,
  advance,
  type Backend,
  dequantize,
  type FloatDType,
  floatDTypes,
  OctetError,
  positions,
  quantize,
  readRows,
  type State,
  type StateForm,
  type Tensor,
  writeRows,
} from "@octet/core";
import { stateCalls } from "../../calls.ts";
import type { ConformanceCase, ConformanceContext } from "../../case.ts";
import { checkSame } from "../../checks/compare.ts";
import { checkRejects } from "../../checks/expect-error.ts";
import { check } from "../../checks/failure.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { download } from "../../checks/operands.ts";
import { bitsTensor } from "../../data/data.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { layerCalls, promiseCase } from "../promise-case.ts";
import { append, checkLength, counterForm, type Keep } from "./state-script.ts";

/** Errors in ops that change a state: the op and all later ones are undone, and reading their results throws the same error. */
export function stateUndoCases(): ConformanceCase[] {
  return [
    ...floatDTypes.map((dtype) =>
      undoCase(`of-a-write.${dtype}`, dtype, writeBad, dtype === "float32" ? [] : ["dropped-row-tail"]),
    ),
    undoCase("of-all-later-ops", "float32", writeBadAndGoOn, []),
    undoCase("of-what-depends-on-an-error", "float32", writeDependent, [], layerCalls),
    promiseCase("state", "undo-is-reported-by-sync", undoCatches, reportedBySync, stateCalls(formOf("float32"))),
    promiseCase("state", "undo-leaves-other-states", [...undoCatches, "dropped-row-tail"], leavesOthers, [
      ...stateCalls(counterForm),
      ...stateCalls(formOf("float32")),
    ]),
    promiseCase("state", "undo-of-what-a-copy-has", undoCatches, copyFails, stateCalls(formOf("float32"))),
  ];
}

const undoCatches: readonly Fault[] = ["nan-ignored", "ignored-undo", "consumed-input"];
const infinities: Readonly<Record<FloatDType, number>> = { float32: 0x7f800000, float16: 0xfc00, bfloat16: 0x7f81 };

function formOf(dtype: FloatDType): StateForm {
  return {
    capacity: 16,
    slots: [
      { name: "rows", dtype, shape: [3] },
      { name: "count", dtype: "int32", shape: [] },
    ],
  };
}

function badRow(backend: Backend, dtype: FloatDType, keep: Keep): Tensor<FloatDType> {
  return keep(backend.upload(bitsTensor(dtype, [1, 3], [0, infinities[dtype], 0])));
}

/** Calls that fail at some point, and their results until then. A backend that runs ops at their call throws at once. */
type Failing = (state: State, dtype: FloatDType, keep: Keep, random: Random) => readonly AnyHandle[];

const writeBad: Failing = (state, dtype, keep) => {
  writeRows(state, "rows", badRow(state.backend, dtype, keep));
  advance(state, 1);
  return [keep(readRows(state, "rows", 2)), keep(positions(state, 1))];
};

const writeBadAndGoOn: Failing = (state, dtype, keep, random) => {
  writeRows(state, "rows", badRow(state.backend, dtype, keep));
  advance(state, 1);
  const first = keep(readRows(state, "count", 1));
  append(state, 3, random);
  state.truncate(4);
  append(state, 2, random);
  return [first, keep(readRows(state, "rows", 2)), keep(positions(state, 2))];
};

const writeDependent: Failing = (state, dtype, keep) => {
  const x = badRow(state.backend, dtype, keep);
  const codes = keep(quantize(x, { granularity: { kind: "channel", dim: 0 } }));
  writeRows(state, "rows", keep(dequantize(codes, { dtype })));
  advance(state, 1);
  return [keep(readRows(state, "rows", 1))];
};

/** The state before, what fails, and the state after it with two positions more: as if nothing had been tried. */
function undoCase(
  name: string,
  dtype: FloatDType,
  failing: Failing,
  catches: readonly Fault[],
  needs: ConformanceCase["needs"] = [],
): ConformanceCase {
  const form = formOf(dtype);
  return promiseCase(
    "state",
    `undo-${name}.seed1`,
    [...undoCatches, ...catches],
    async ({ backend, reference }) => {
      await keepTensors(async (keep) => {
        const random = new Random(1);
        const state = keep(backend.state(form));
        append(state, 3, random);
        await fail(backend, () => failing(state, dtype, keep, random));
        checkLength(state, 3);
        const wanted = keep(reference.state(form));
        append(wanted, 3, new Random(1));
        for (const each of [state, wanted]) append(each, 2, new Random(2));
        checkSame(await download(backend, state), await download(reference, wanted), "the state after an error");
        const next = [state, wanted].map((each) => keep(positions(each, 2)));
        checkSame(await download(backend, next[0]), await download(reference, next[1]), "positions after an error");
        await backend.sync();
      });
    },
    [...stateCalls(form), ...needs],
  );
}

/** Fails unless the calls throw ERR_NON_FINITE, at once or in the download of each result. */
async function fail(backend: Backend, calls: () => readonly AnyHandle[]): Promise<void> {
  let results: readonly AnyHandle[];
  try {
    results = calls();
  } catch (error) {
    const code = OctetError.isInstance(error) ? error.code : String(error);
    check(code === "ERR_NON_FINITE", `writing an infinity: got ${code}, wanted ERR_NON_FINITE`);
    return;
  }
  for (const result of results) {
    await checkRejects("ERR_NON_FINITE", () => download(backend, result), "a result after an error in a state");
  }
}

async function reportedBySync({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const state = keep(backend.state(formOf("float32")));
    append(state, 2, new Random(1));
    let thrown: unknown;
    try {
      writeBad(state, "float32", keep, new Random(1));
      await backend.sync();
    } catch (error) {
      thrown = error;
    }
    const code = OctetError.isInstance(thrown) ? thrown.code : thrown;
    check(code === "ERR_NON_FINITE", `writing an infinity, then sync: got ${String(code)}, wanted ERR_NON_FINITE`);
    checkLength(state, 2);
    await backend.sync();
    const next = await download(backend, keep(positions(state, 1)));
    check("data" in next && next.data[0] === 2, "the device's count of positions did not go back");
  });
}

/** A second state, changed by the same calls, keeps what it got. */
async function leavesOthers({ backend, reference }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const state = keep(backend.state(formOf("float32")));
    const other = keep(backend.state(counterForm));
    append(state, 1, new Random(1));
    await fail(backend, () => {
      append(other, 2, new Random(1));
      return writeBad(state, "float32", keep, new Random(1));
    });
    checkLength(state, 1);
    checkLength(other, 2);
    const wanted = keep(reference.state(counterForm));
    append(wanted, 2, new Random(1));
    checkSame(await download(backend, other), await download(reference, wanted), "a state beside the one that failed");
    const next = await download(backend, keep(positions(state, 1)));
    check("data" in next && next.data[0] === 1, "the device's count of positions did not go back");
  });
}

/** A copy of a state that has failed fails too, where it could be made; the original goes on. */
async function copyFails({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const state = keep(backend.state(formOf("float32")));
    append(state, 2, new Random(1));
    await fail(backend, () => {
      writeBad(state, "float32", keep, new Random(1));
      return [keep(state.copy())];
    });
    checkLength(state, 2);
    const next = await download(backend, keep(positions(state, 1)));
    check("data" in next && next.data[0] === 2, "the device's count of positions did not go back");
  });
}
