import {
  type ActivationKind,
  activation,
  activationCodes,
  activationKinds,
  type Backend,
  type FloatDType,
  floatDTypes,
  type HostTensor,
  type OpCall,
  quantizeRows,
} from "@octet/core";
import { fusedOps } from "@octet/core/backend";
import { activationCall, activationCodesCall, quantizeRowsCall } from "../../calls.ts";
import type { ConformanceCase, ConformanceContext } from "../../case.ts";
import { checkOp } from "../../checks/check-op.ts";
import { checkSame } from "../../checks/compare.ts";
import { checkNonFinite } from "../../checks/expect-error.ts";
import { check } from "../../checks/failure.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { download } from "../../checks/operands.ts";
import { bitsTensor, generate } from "../../data/data.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { nameShape } from "../case-names.ts";
import { type ExactMode, onlyIn } from "../linear/exact-mode.ts";
import { everyOpCatches, shapeCatches } from "../op-faults.ts";
import { promiseCase } from "../promise-case.ts";

/** Fused ops have the bits of their parts, whether a kernel of their own runs or the parts do. */
export function fusedCases(): ConformanceCase[] {
  return [
    ...(["int8", "int16"] as const).flatMap((activations) =>
      activationKinds.flatMap((kind) =>
        floatDTypes.flatMap((dtype) => shapes.map((shape) => activationCodesCase(activations, kind, dtype, shape))),
      ),
    ),
    nonFiniteCase(),
    promiseCase("fused", "composed-is-true", [], composedIsTrue, []),
  ];
}

const shapes: readonly (readonly number[])[] = [
  [1, 33],
  [5, 31],
  [2, 3, 64],
];

function partsOf(activations: ExactMode, kind: ActivationKind, dtype: FloatDType, shape: readonly number[]) {
  return [activationCall(dtype, shape, kind), quantizeRowsCall(dtype, shape, activations)];
}

/** relu against the reference too; the others have as many right results as there are backends, and one result per backend. */
function activationCodesCase(
  activations: ExactMode,
  kind: ActivationKind,
  dtype: FloatDType,
  shape: readonly number[],
): ConformanceCase {
  const seed = 1;
  return {
    id: `fused/activation-codes.${kind}.${activations}.${dtype}.${nameShape(shape)}.seed${seed}`,
    family: "fused",
    needs: [activationCodesCall(dtype, shape, kind, activations), ...partsOf(activations, kind, dtype, shape)],
    catches: [...everyOpCatches, ...shapeCatches(shape), ...codesCatches(activations, kind, dtype, shape)],
    run: async (context) => {
      const random = new Random(seed);
      const x = generate(dtype, shape, () => 2 * random.normal());
      await checkOp(context, {
        inputs: { x },
        call: (operands) => activationCodes(operands.x, { kind, activations }),
        ...(kind !== "relu" && { compare: () => undefined }),
      });
      await checkParts(context, x, kind, activations);
    },
  };
}

async function checkParts(
  { backend }: ConformanceContext,
  host: HostTensor<FloatDType>,
  kind: ActivationKind,
  activations: ExactMode,
): Promise<void> {
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(host));
    const fused = keep(activationCodes(x, { kind, activations }));
    const parts = keep(quantizeRows(keep(activation(x, kind)), { activations }));
    checkSame(await download(backend, fused), await download(backend, parts), "the fused op, against its parts");
  });
}

function codesCatches(
  activations: ExactMode,
  kind: ActivationKind,
  dtype: FloatDType,
  shape: readonly number[],
): readonly Fault[] {
  if (kind !== "relu") return dtype === "float32" ? [] : ["unrounded-fusion"];
  return [
    ...(shape[0] > 1 ? (["shared-row-scale"] as const) : []),
    ...onlyIn("int16", activations, "reciprocal-of-qmax", "qmax-32767"),
  ];
}

/** relu lets -infinity become 0, and the index counts in its result. */
function nonFiniteCase(): ConformanceCase {
  const [shape, activations] = [[3, 9], "int8"] as const;
  return promiseCase(
    "fused",
    "activation-codes-of-infinities",
    ["nan-ignored", "dropped-tail"],
    async ({ backend, reference }) => {
      const bits: number[] = Array.from({ length: 27 }, (_, index) => (index === 4 ? 0xff800000 : 0x3f800000));
      const infinite = bits.with(17, 0x7f800000);
      await keepTensors(async (keep) => {
        const x = keep(backend.upload(bitsTensor("float32", shape, infinite)));
        const expected = { first: 17, count: 1, read: "download" } as const;
        await checkNonFinite(backend, () => activationCodes(x, { kind: "relu", activations }), expected);
        const host = bitsTensor("float32", shape, bits);
        const [got, wanted] = [backend, reference].map((on) =>
          download(on, keep(activationCodes(keep(on.upload(host)), { kind: "relu", activations }))),
        );
        checkSame(await got, await wanted, "codes of relu where x has a -infinity");
      });
    },
    [activationCodesCall("float32", shape, "relu", activations), ...partsOf(activations, "relu", "float32", shape)],
  );
}

/** `info.composed` names fused ops, and those run wherever their parts do. */
async function composedIsTrue({ backend }: ConformanceContext): Promise<void> {
  const { composed } = backend.info;
  const names = fusedOps.map(({ name }) => name);
  const strange = composed.find((name, index) => !names.includes(name) || composed.indexOf(name) !== index);
  check(
    strange === undefined,
    `info.composed lists ${String(strange)}, which is not a fused op of core, or is listed twice`,
  );
  for (const activations of ["int8", "int16"] as const) {
    for (const kind of activationKinds) {
      for (const dtype of floatDTypes) checkComposition(backend, activations, kind, dtype);
    }
  }
}

function checkComposition(backend: Backend, activations: ExactMode, kind: ActivationKind, dtype: FloatDType): void {
  const supports = ({ op, inputs, params }: OpCall) => backend.supports(op, inputs, params);
  const fused = supports(activationCodesCall(dtype, [3, 9], kind, activations));
  const parts = partsOf(activations, kind, dtype, [3, 9]).every(supports);
  const what = `activationCodes to ${activations} of ${kind} in ${dtype}`;
  check(fused || !parts, `supports() denies ${what}, whose parts run`);
  check(
    fused === parts || !backend.info.composed.includes("activationCodes"),
    `supports() says ${fused} for ${what} and ${parts} for its parts, though info.composed says that it runs as them`,
  );
}
