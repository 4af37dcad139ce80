import type { HostTensor, LinearActivations } from "@octet/core";
import { randomLcg } from "d3-random";
import { median } from "simple-statistics";
import type { Shape } from "../plan.ts";
import { randomNormals } from "../random-normals.ts";
import { type BackendChoice, type Build, openBuild } from "./build.ts";
import { fewestPairs, type PairedRatio, pairedRatio } from "./paired-ratio.ts";
import { type Call, timePairs } from "./time-pairs.ts";

/** What one cell took of each build, in ms, and how they compare. */
export interface ComparedCell {
  readonly name: string;
  readonly old: number;
  readonly current: number;
  readonly ratio: PairedRatio;
}

/** A job with its operands on the device of a build. */
interface OpenCell extends Disposable {
  readonly call: Call;
  read(): Promise<Int8Array | Float32Array>;
}

interface Cell {
  readonly name: string;
  open(build: Build): OpenCell;
}

/** The first is so small that a call costs what surrounds its kernel. */
const shapes: readonly Shape[] = [
  [64, 64],
  [1024, 1024],
  [4096, 4096],
];
const activations: readonly LinearActivations[] = ["int8", "int16", "float"];

/** Times every cell with both builds in turns. @throws when exact results differ */
export async function compareBuilds(
  checkouts: { readonly old: string; readonly current: string },
  choice: BackendChoice,
  { share, quick }: { readonly share: number; readonly quick: boolean },
): Promise<ComparedCell[]> {
  const old = await openBuild(checkouts.old, choice);
  const current = await openBuild(checkouts.current, choice);
  const effort = quick ? { share: 0, fewest: fewestPairs } : { share, fewest: 20 };
  const compared: ComparedCell[] = [];
  try {
    for (const { name, open } of cellsOf(quick ? shapes.slice(0, 1) : shapes)) {
      using before = open(old);
      using after = open(current);
      const pairs = await timePairs(before.call, after.call, effort, randomLcg(compared.length));
      const exact = !name.includes("float");
      if (exact && !equal(await before.read(), await after.read())) throw new Error(`${name}: results differ`);
      compared.push({
        name,
        old: median(pairs.map(([ms]) => ms)),
        current: median(pairs.map(([, ms]) => ms)),
        ratio: pairedRatio(pairs),
      });
    }
  } finally {
    old.backend.dispose();
    current.backend.dispose();
  }
  return compared;
}

function cellsOf(shapes: readonly Shape[]): Cell[] {
  return shapes.flatMap(([outFeatures, inFeatures]) => {
    const shape = `${outFeatures}x${inFeatures}`;
    const weight = randomNormals(1, outFeatures * inFeatures);
    const linears = [1, 16].flatMap((rows) =>
      activations.map((mode): Cell => {
        const values = randomNormals(2, rows * inFeatures);
        return {
          name: `linear ${shape} ${mode}, M = ${rows}`,
          open(build) {
            using float = build.backend.upload(build.hostTensor([outFeatures, inFeatures], weight));
            const w = build.quantize(float);
            const x = build.backend.upload(build.hostTensor([rows, inFeatures], values));
            return {
              async call() {
                build.linear(x, w, mode).dispose();
                await build.backend.sync();
              },
              async read() {
                using y = build.linear(x, w, mode);
                return (await build.backend.download(y)).data as HostTensor<"float32">["data"];
              },
              [Symbol.dispose]() {
                w.dispose();
                x.dispose();
              },
            };
          },
        };
      }),
    );
    const quantize: Cell = {
      name: `quantize ${shape}`,
      open(build) {
        const x = build.backend.upload(build.hostTensor([outFeatures, inFeatures], weight));
        return {
          async call() {
            build.quantize(x).dispose();
            await build.backend.sync();
          },
          async read() {
            using codes = build.quantize(x);
            return (await build.backend.download(codes)).quantized.data;
          },
          [Symbol.dispose]: () => x.dispose(),
        };
      },
    };
    return [...linears, quantize];
  });
}

const equal = (a: Int8Array | Float32Array, b: Int8Array | Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
