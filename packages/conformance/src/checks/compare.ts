import {
  equalGranularities,
  equalShapes,
  formatShape,
  type HostQuantizedTensor,
  type HostRowCodes,
  type HostState,
  type HostTensor,
} from "@octet/core";
import { bitsOf, formatElement, formatPosition, valueAt } from "./bits.ts";
import { ConformanceFailure, check } from "./failure.ts";
import { type HostOperand, partsOf } from "./operands.ts";

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

/** Fails unless both are of one kind, and equal in every bit. */
export function checkSame(got: HostOperand, wanted: HostOperand, what = "result"): void {
  check(kindOf(got) === kindOf(wanted), `${what}: got ${kindOf(got)}, wanted ${kindOf(wanted)}`);
  if ("quantized" in wanted) checkSameQuantized(got as HostQuantizedTensor, wanted, what);
  else if ("codes" in wanted) checkSameRowCodes(got as HostRowCodes, wanted, what);
  else if ("slots" in wanted) checkSameState(got as HostState, wanted, what);
  else checkSameTensor(got as HostTensor, wanted, what);
}

function kindOf(host: HostOperand): string {
  if ("quantized" in host) return "codes and scales";
  if ("codes" in host) return "codes of activations";
  return "slots" in host ? "a state" : "a tensor";
}

function checkSameRowCodes(got: HostRowCodes, wanted: HostRowCodes, what: string): void {
  const { activations } = wanted;
  check(got.activations === activations, `${what}: got ${got.activations} codes, wanted ${activations}`);
  checkSameTensor(got.scale, wanted.scale, `${what}, scales`);
  checkSameTensor(got.codes, wanted.codes, `${what}, codes`);
}

function checkSameState(got: HostState, wanted: HostState, what: string): void {
  const formOf = ({ slots, capacity, chunk, length }: HostState) => JSON.stringify({ slots, capacity, chunk, length });
  check(formOf(got) === formOf(wanted), `${what}: got ${formOf(got)}, wanted ${formOf(wanted)}`);
  for (const [index, rows] of partsOf(wanted).entries()) {
    checkSameTensor(got.rows[index], rows, `${what}, slot ${wanted.slots[index].name}`);
  }
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
