import { describe, expect, it } from "vitest";
import { errorCode } from "../../test/support/error-code.ts";
import {
  equalGranularities,
  type Granularity,
  granularityOf,
  normalizeGranularity,
  scaleLayout,
  scaleShape,
} from "./granularity.ts";
import { sizeOf } from "./shape.ts";

const shapes = [[1], [7], [5, 3], [1, 33], [2, 3, 4], [3, 1, 6], [2, 3, 1, 6], [4, 1, 2, 12]];

/** The index on each axis of element `flat`, from the definition of row-major. */
function indicesOf(flat: number, shape: readonly number[]): number[] {
  const indices: number[] = [];
  let rest = flat;
  for (const extent of shape.toReversed()) {
    indices.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return indices;
}

/** The scale of every element as the layout says. */
function scalesByLayout(granularity: Granularity, shape: readonly number[]): number[] {
  const { outer, channels, inner } = scaleLayout(granularity, shape);
  const scales: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) for (let i = 0; i < inner; i++) scales.push(c);
  }
  return scales;
}

describe("scaleLayout and scaleShape", () => {
  for (const shape of shapes) {
    const elements = Array.from({ length: sizeOf(shape) }, (_, flat) => indicesOf(flat, shape));

    it(`per tensor over [${shape}]`, () => {
      expect(scalesByLayout({ kind: "tensor" }, shape)).toEqual(elements.map(() => 0));
      expect(scaleShape({ kind: "tensor" }, shape)).toEqual([]);
    });

    for (const axis of shape.keys()) {
      it(`per channel on axis ${axis} of [${shape}], from the front and from the end`, () => {
        for (const dim of [axis, axis - shape.length]) {
          expect(scalesByLayout({ kind: "channel", dim }, shape)).toEqual(elements.map((indices) => indices[axis]));
          expect(scaleShape({ kind: "channel", dim }, shape)).toEqual([shape[axis]]);
        }
      });
    }

    const last = shape[shape.length - 1];
    for (const size of [1, 2, 3, last].filter((divisor) => last % divisor === 0)) {
      it(`in groups of ${size} over [${shape}]`, () => {
        const wanted = Array.from(elements, (_, flat) => Math.floor(flat / size));
        expect(scalesByLayout({ kind: "group", size }, shape)).toEqual(wanted);
        expect(scaleShape({ kind: "group", size }, shape)).toEqual([...shape.slice(0, -1), last / size]);
      });
    }
  }

  it("has a scale for every channel and group that exists, also without elements", () => {
    const sizes = (granularity: Granularity, shape: number[]) => [
      scaleLayout(granularity, shape).channels,
      sizeOf(scaleShape(granularity, shape)),
    ];
    expect(sizes({ kind: "tensor" }, [0])).toEqual([1, 1]);
    expect(sizes({ kind: "tensor" }, [])).toEqual([1, 1]);
    expect(sizes({ kind: "channel", dim: 0 }, [3, 0])).toEqual([3, 3]);
    expect(sizes({ kind: "channel", dim: 1 }, [3, 0])).toEqual([0, 0]);
    expect(sizes({ kind: "channel", dim: 1 }, [0, 3])).toEqual([3, 3]);
    expect(sizes({ kind: "group", size: 4 }, [2, 0])).toEqual([0, 0]);
    expect(sizes({ kind: "group", size: 4 }, [0, 8])).toEqual([0, 0]);
  });
});

describe("granularityOf", () => {
  it("reads dim and groupSize, undefined and null meaning none", () => {
    expect(granularityOf({})).toEqual({ kind: "tensor" });
    expect(granularityOf({ dim: null, groupSize: undefined })).toEqual({ kind: "tensor" });
    expect(granularityOf({ dim: 0 })).toEqual({ kind: "channel", dim: 0 });
    expect(granularityOf({ groupSize: 32, dim: null })).toEqual({ kind: "group", size: 32 });
  });

  it("refuses both", () => expect(errorCode(() => granularityOf({ dim: 0, groupSize: 4 }))).toBe("ERR_UNSUPPORTED"));
});

describe("normalizeGranularity", () => {
  const refused: [string, string, unknown, number[]][] = [
    ["dim past the last axis", "ERR_SHAPE", { kind: "channel", dim: 2 }, [2, 3]],
    ["dim before the first axis", "ERR_SHAPE", { kind: "channel", dim: -3 }, [2, 3]],
    ["dim between axes", "ERR_SHAPE", { kind: "channel", dim: 0.5 }, [2, 3]],
    ["dim NaN", "ERR_SHAPE", { kind: "channel", dim: Number.NaN }, [2, 3]],
    ["dim as text", "ERR_SHAPE", { kind: "channel", dim: "0" }, [2, 3]],
    ["dim of a scalar", "ERR_SHAPE", { kind: "channel", dim: 0 }, []],
    ["groups that do not divide", "ERR_SHAPE", { kind: "group", size: 2 }, [2, 3]],
    ["groups of 0", "ERR_SHAPE", { kind: "group", size: 0 }, [2, 3]],
    ["groups of -1", "ERR_SHAPE", { kind: "group", size: -1 }, [2, 3]],
    ["groups of a fraction", "ERR_SHAPE", { kind: "group", size: 1.5 }, [2, 3]],
    ["groups of a scalar", "ERR_SHAPE", { kind: "group", size: 1 }, []],
    ["another kind", "ERR_UNSUPPORTED", { kind: "row" }, [2, 3]],
    ["nothing", "ERR_UNSUPPORTED", undefined, [2, 3]],
    ["null", "ERR_UNSUPPORTED", null, [2, 3]],
  ];
  for (const [name, code, granularity, shape] of refused) {
    it(`refuses ${name} with ${code}`, () => {
      expect(errorCode(() => normalizeGranularity(granularity as Granularity, shape))).toBe(code);
    });
  }
});

it("equalGranularities compares kind and parameter", () => {
  const all: Granularity[] = [
    { kind: "tensor" },
    { kind: "channel", dim: 0 },
    { kind: "channel", dim: 1 },
    { kind: "group", size: 1 },
    { kind: "group", size: 32 },
  ];
  for (const [i, a] of all.entries())
    for (const [j, b] of all.entries()) expect(equalGranularities(a, b)).toBe(i === j);
});
