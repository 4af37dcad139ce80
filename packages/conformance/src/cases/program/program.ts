import {
  type AnyHandle,
  advance,
  dequantize,
  hostTensor,
  linear,
  OctetError,
  type OctetErrorCode,
  quantize,
  readRows,
  type Tensor,
  writeRows,
} from "@octet/core";
import { stateCalls } from "../../calls.ts";
import type { ConformanceCase, ConformanceContext } from "../../case.ts";
import { checkSame, checkSameTensor } from "../../checks/compare.ts";
import { checkRejects, checkThrows } from "../../checks/expect-error.ts";
import { check } from "../../checks/failure.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { checkMemory } from "../../checks/memory.ts";
import { download } from "../../checks/operands.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { plainMatrix, plainQuantization } from "../plain-data.ts";
import { layerCalls, promiseCase } from "../promise-case.ts";
import { checkLength, counterForm, randomRows } from "../state/state-script.ts";
import { programLayerCases } from "./program-layers.ts";
import { programStateCases } from "./program-states.ts";

/** Ops that were recorded and run as one. */
export function programCases(): ConformanceCase[] {
  const promise = (
    name: string,
    catches: readonly Fault[],
    run: (context: ConformanceContext) => Promise<void>,
  ): ConformanceCase => promiseCase("program", name, catches, run, [...layerCalls, ...stateCalls(counterForm)]);
  return [
    promise("results-of-every-shape", [], resultsOfEveryShape),
    promise("memory", ["wrong-memory", "leak"], countsMemory),
    promise("disposal", [], disposes),
    promise("disposed-with-their-backend", ["immortal-tensors"], endsWithBackend),
    promise("disposed-constants", ["reduced-dim", "consumed-input"], disposedConstants),
    promise("errors-of-inputs-survive", ["nan-ignored", "stale-replay", "swallowed-errors", "leak"], errorsOfInputs),
    promise("what-cannot-be-recorded", ["late-download"], refusesSteps),
    promise("what-cannot-be-run", [], refusesInputs),
    ...programLayerCases(),
    ...programStateCases(),
  ];
}

type Inputs = { readonly x: Tensor<"float32"> };

const codesAndBack = ({ x }: Inputs) => {
  const codes = quantize(x, plainQuantization);
  const floats = dequantize(codes, { dtype: "float32" });
  codes.dispose();
  return floats;
};

/** One result, a list, an object, one tensor twice, or none at all. */
async function resultsOfEveryShape({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(plainMatrix() as never)) as Tensor<"float32">;
    const checkPlain = async (result: AnyHandle, what: string) =>
      checkSame(await download(backend, keep(result)), plainMatrix(), what);
    const single = backend.record(codesAndBack, { x });
    const list = backend.record((inputs: Inputs) => [codesAndBack(inputs), codesAndBack(inputs)] as const, { x });
    const named = backend.record((inputs: Inputs) => ({ first: codesAndBack(inputs) }), { x });
    const none = backend.record((inputs: Inputs) => codesAndBack(inputs).dispose(), { x });
    const twice = backend.record(
      (inputs: Inputs) => {
        const result = codesAndBack(inputs);
        return [result, result] as const;
      },
      { x },
    );
    await checkPlain(single.run({ x }), "the result of a program");
    for (const result of list.run({ x })) await checkPlain(result, "a result in a list");
    await checkPlain(named.run({ x }).first, "a result by its name");
    for (const result of twice.run({ x })) await checkPlain(result, "a result that is there twice");
    const result: unknown = none.run({ x });
    check(result === undefined, "a program without results gave one");
    for (const program of [single, list, named, none, twice]) program.dispose();
  });
}

async function countsMemory({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(plainMatrix() as never)) as Tensor<"float32">;
    const before = backend.memory();
    const program = backend.record(codesAndBack, { x });
    const recorded = backend.memory();
    check(
      recorded.tensors === before.tensors + 1 && recorded.bytes >= before.bytes,
      `memory() with a program: got ${recorded.tensors} tensors, wanted ${before.tensors} and the program`,
    );
    const results = [1, 2, 3].map(() => program.run({ x }));
    checkMemory(backend, recorded, results);
    for (const result of results) result.dispose();
    checkMemory(backend, recorded, []);
    program.dispose();
    checkMemory(backend, before, []);
    const refused = () =>
      backend.record(
        (inputs: Inputs) => {
          codesAndBack(inputs);
          throw new OctetError("ERR_RANGE", "the steps throw");
        },
        { x },
      );
    checkThrows("ERR_RANGE", refused, "steps that throw");
    checkMemory(backend, before, []);
    checkSame(await download(backend, keep(codesAndBack({ x }))), plainMatrix(), "an op after a recording that failed");
  });
}

async function disposes({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(plainMatrix() as never)) as Tensor<"float32">;
    const program = backend.record(codesAndBack, { x });
    const result = keep(program.run({ x }));
    check(!program.disposed, "a new program says that it is disposed");
    program.dispose();
    program.dispose();
    check(program.disposed, "a disposed program says that it is not");
    checkThrows("ERR_DISPOSED", () => program.run({ x }), "a run of a disposed program");
    check(!x.disposed, "disposing a program disposed its input");
    checkSame(await download(backend, result), plainMatrix(), "a result that outlived its program");
    result.dispose();
    result.dispose();
  });
}

async function endsWithBackend({ backend }: ConformanceContext): Promise<void> {
  const x = backend.upload(plainMatrix() as never) as Tensor<"float32">;
  const program = backend.record(codesAndBack, { x });
  backend.dispose();
  check(program.disposed, "a program outlived its backend");
  check(backend.memory().tensors === 0, "memory() of a disposed backend counts a program");
  checkThrows("ERR_DISPOSED", () => program.run({ x }), "a run on a disposed backend");
  checkThrows("ERR_DISPOSED", () => backend.record(codesAndBack, { x }), "recording on a disposed backend");
}

/** A weight that the steps use must live as long as the program. */
async function disposedConstants({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(plainMatrix() as never)) as Tensor<"float32">;
    const weight = quantize(x, plainQuantization);
    const program = backend.record((inputs: Inputs) => linear(inputs.x, weight), { x });
    const y = keep(program.run({ x }));
    const wanted = keep(linear(x, weight));
    weight.dispose();
    checkThrows("ERR_DISPOSED", () => program.run({ x }), "a run whose weight is disposed");
    checkSame(await download(backend, y), await download(backend, wanted), "a run before its weight was disposed");
    program.dispose();
  });
}

/** An error in a weight or an input is the error of the results; a good input later gives good results. */
async function errorsOfInputs({ backend }: ConformanceContext): Promise<void> {
  const before = backend.memory();
  await keepTensors(async (keep) => {
    const good = keep(backend.upload(plainMatrix() as never)) as Tensor<"float32">;
    const host = plainMatrix();
    host.data[5] = Number.NaN;
    const bad = keep(backend.upload(host));
    const code = "ERR_NON_FINITE";
    const rejects = (calls: () => AnyHandle, what: string) =>
      checkRejects(code, async () => download(backend, calls()), what);
    const program = backend.record(codesAndBack, { x: good });
    await rejects(() => {
      const codes = keep(quantize(bad, plainQuantization));
      return keep(program.run({ x: keep(dequantize(codes, { dtype: "float32" })) as Tensor<"float32"> }));
    }, "a run on an input that failed");
    await rejects(() => keep(program.run({ x: bad as Tensor<"float32"> })), "a run that meets a NaN");
    checkSame(await download(backend, keep(program.run({ x: good }))), plainMatrix(), "a run after those that failed");
    await rejects(() => {
      const weight = keep(quantize(bad, plainQuantization));
      const multiply = backend.record(({ x }: Inputs) => linear(x, weight), { x: good });
      const y = keep(multiply.run({ x: good }));
      multiply.dispose();
      return y;
    }, "a run by a weight that failed");
    program.dispose();
    await backend.sync().catch(() => undefined); // what no download has asked for
  });
  checkMemory(backend, before, []);
}

type Refused = readonly [what: string, code: OctetErrorCode, call: () => unknown];

async function refusesSteps({ backend, reference }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(plainMatrix() as never)) as Tensor<"float32">;
    const other = keep(backend.upload(plainMatrix()));
    const foreign = keep(reference.upload(plainMatrix()));
    const row = keep(backend.upload(randomRows("int8", [1, 3], new Random(1))));
    const state = keep(backend.state(counterForm));
    const before = backend.memory();
    const record = (steps: (inputs: Inputs) => unknown) => () => backend.record(steps, { x });
    const waits: Promise<unknown>[] = [];
    const waiting = (start: () => Promise<unknown>) => () => {
      waits.push(start());
      return undefined;
    };
    const unsupported: readonly (readonly [string, () => unknown])[] = [
      ["an upload", record(() => backend.upload(plainMatrix()))],
      ["making a state", record(() => backend.state(counterForm))],
      ["a program within a program", record(() => backend.record(codesAndBack, { x }))],
      ["a state that is not an input, written", record(() => writeRows(state, "all", row))],
      ["a state that is not an input, moved on", record(() => advance(state, 1))],
      ["a state that is not an input, read", record(() => readRows(state, "all", 1))],
      ["a truncation", record(() => state.truncate(0))],
      ["a reset", record(() => state.reset())],
      ["a copy of a state", record(() => state.copy())],
      ["the input as a result", record((inputs) => inputs.x)],
      ["another tensor as a result", record(() => other)],
      ["steps that are asynchronous", record(async (inputs) => codesAndBack(inputs))],
    ];
    const calls: readonly Refused[] = [
      ...unsupported.map(([what, call]) => [what, "ERR_UNSUPPORTED", call] as const),
      ["a foreign tensor as a result", "ERR_FOREIGN_TENSOR", record(() => foreign)],
      ["a foreign input", "ERR_FOREIGN_TENSOR", () => backend.record(codesAndBack, { x: foreign as never })],
      ["no tensor for an input", "ERR_FOREIGN_TENSOR", () => backend.record(codesAndBack, { x: 1 as never })],
      [
        "a result that is disposed",
        "ERR_DISPOSED",
        record((inputs) => {
          const result = codesAndBack(inputs);
          result.dispose();
          return result;
        }),
      ],
    ];
    for (const [what, code, call] of calls) {
      checkThrows(code, call, what);
      checkMemory(backend, before, []);
    }
    backend
      .record(
        waiting(() => backend.sync()),
        { x },
      )
      .dispose();
    backend
      .record(
        waiting(() => backend.download(x)),
        { x },
      )
      .dispose();
    for (const wait of waits) await checkRejects("ERR_UNSUPPORTED", () => wait, "waiting while a program is recorded");
    checkMemory(backend, before, []);
    checkSameTensor(await backend.download(x), plainMatrix(), "the input after all recordings that were refused");
  });
}

async function refusesInputs({ backend, reference }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(plainMatrix() as never)) as Tensor<"float32">;
    const state = keep(backend.state(counterForm));
    const other = keep(state.copy());
    const row = keep(backend.upload(randomRows("int8", [1, 3], new Random(1))));
    const write = backend.record(
      (inputs: { readonly row: Tensor; readonly state: typeof state }) => {
        writeRows(inputs.state, "all", inputs.row);
        advance(inputs.state, 1);
      },
      { row, state },
    );
    const program = backend.record(codesAndBack, { x });
    const gone = backend.upload(plainMatrix());
    gone.dispose();
    const foreign = keep(reference.upload(plainMatrix()));
    const flat = keep(backend.upload(hostTensor("float32", [64], new Float32Array(64))));
    const half = keep(backend.upload(hostTensor("float16", [8, 8], new Uint16Array(64))));
    const before = backend.memory();
    const calls: readonly Refused[] = [
      ["another shape", "ERR_SHAPE", () => program.run({ x: flat as never })],
      ["another dtype", "ERR_DTYPE", () => program.run({ x: half as never })],
      ["no input", "ERR_FOREIGN_TENSOR", () => program.run({} as never)],
      ["nothing", "ERR_FOREIGN_TENSOR", () => program.run(undefined as never)],
      ["an input too many", "ERR_UNSUPPORTED", () => program.run({ x, y: x } as never)],
      ["a disposed tensor", "ERR_DISPOSED", () => program.run({ x: gone as never })],
      ["a foreign tensor", "ERR_FOREIGN_TENSOR", () => program.run({ x: foreign as never })],
      ["a state for a tensor", "ERR_UNSUPPORTED", () => program.run({ x: state as never })],
      ["another state", "ERR_UNSUPPORTED", () => write.run({ row, state: other })],
      ["a tensor for a state", "ERR_UNSUPPORTED", () => write.run({ row, state: row as never })],
    ];
    for (const [what, code, call] of calls) {
      checkThrows(code, call, `a run on ${what}`);
      checkMemory(backend, before, []);
    }
    for (const each of [state, other]) checkLength(each, 0);
    write.run({ row, state });
    checkLength(state, 1);
    state.dispose();
    checkThrows("ERR_DISPOSED", () => write.run({ row, state }), "a run on a disposed state");
    write.dispose();
    program.dispose();
  });
}
