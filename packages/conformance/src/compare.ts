import { equalGranularities, equalShapes, formatShape, type HostQuantizedTensor, type HostTensor } from "@octet/core";
import { bitsOf, formatElement, formatPosition, valueAt } from "./bits.ts";
import { ConformanceFailure, check } from "./failure.ts";

/** Differing places that a message lists. */
const shownDifferences = 5;

/** Fails unless both tensors are the same: dtype, shape, and every bit. A NaN that should not be there is reported first. */
export function checkSameTensor(got: HostTensor, wanted: HostTensor, what: string): void {
  checkSameForm(got, wanted, what);
  const gotBits = bitsOf(got);
  const wantedBits = bitsOf(wanted);
  const differing: number[] = [];
  for (let i = 0; i < wantedBits.length; i++) if (gotBits[i] !== wantedBits[i]) differing.push(i);
  if (differing.length === 0) return;
  const { shape, dtype } = wanted;
  throw differenceFailure(what, got, differing, (index) => {
    return `${formatPosition(index, shape)}: got ${formatElement(valueAt(got, index), gotBits[index], dtype)}, wanted ${formatElement(valueAt(wanted, index), wantedBits[index], dtype)}`;
  });
}

/** Fails unless codes, scales, granularity and bits are the same. */
export function checkSameQuantized(got: HostQuantizedTensor, wanted: HostQuantizedTensor, what: string): void {
  check(
    equalGranularities(got.granularity, wanted.granularity) && got.bits === wanted.bits,
    `${what}: got ${JSON.stringify(got.granularity)} at ${got.bits} bits, wanted ${JSON.stringify(wanted.granularity)} at ${wanted.bits}`,
  );
  checkSameTensor(got.scale, wanted.scale, `${what}, scales`);
  checkSameTensor(got.quantized, wanted.quantized, `${what}, codes`);
}

/** Fails unless each element lies in `lowest` .. `highest`, two tensors of the form that `got` must have. NaN lies nowhere. */
export function checkBetween(got: HostTensor, lowest: HostTensor, highest: HostTensor, what: string): void {
  checkSameForm(got, lowest, what);
  const differing: number[] = [];
  for (let i = 0; i < got.data.length; i++) {
    const value = valueAt(got, i);
    if (!(value >= valueAt(lowest, i) && value <= valueAt(highest, i))) differing.push(i);
  }
  if (differing.length === 0) return;
  const bits = bitsOf(got);
  throw differenceFailure(what, got, differing, (index) => {
    return `${formatPosition(index, got.shape)}: got ${formatElement(valueAt(got, index), bits[index], got.dtype)}, wanted ${valueAt(lowest, index)} to ${valueAt(highest, index)}`;
  });
}

function checkSameForm(got: HostTensor, wanted: HostTensor, what: string): void {
  check(
    got.dtype === wanted.dtype && equalShapes(got.shape, wanted.shape),
    `${what}: got ${got.dtype} ${formatShape(got.shape)}, wanted ${wanted.dtype} ${formatShape(wanted.shape)}`,
  );
  check(
    Object.prototype.toString.call(got.data) === Object.prototype.toString.call(wanted.data) &&
      got.data.length === wanted.data.length,
    `${what}: got a ${got.data.constructor.name} of ${got.data.length}, wanted a ${wanted.data.constructor.name} of ${wanted.data.length}`,
  );
}

function differenceFailure(
  what: string,
  got: HostTensor,
  differing: readonly number[],
  describe: (index: number) => string,
): ConformanceFailure {
  const nan = differing.filter((index) => Number.isNaN(valueAt(got, index)));
  const shown = (nan.length > 0 ? nan : differing).slice(0, shownDifferences);
  const count = `${differing.length} of ${got.data.length} elements are wrong`;
  const nanCount = nan.length > 0 ? ` (${nan.length} of them NaN)` : "";
  const more = differing.length > shown.length ? "; ..." : "";
  return new ConformanceFailure(`${what}: ${count}${nanCount}: ${shown.map(describe).join("; ")}${more}`);
}
