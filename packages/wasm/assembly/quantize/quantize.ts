import { absmax, isNonFinite } from "./absmax";
import { areCertain, codeEight, codeOne, hasInverse, multiplyFour, scaleOf } from "./codes";
import { bfloat16, float16, loadFour, loadOne } from "../dtype/dtype";
import { Address, Checked, Count, DTypeCode, note } from "../record";

@unmanaged
export class QuantizeChannels extends Checked {
  /** i8 [size] */
  codes: Address;
  /** f32 [channels] */
  scales: Address;
  outer: Count;
  channels: Count;
  inner: Count;
  qmax: i32;
  /** The lowest code. */
  lowest: i32;
}

/** Codes and scales of the channels begin .. end - 1. Element (o * channels + c) * inner + i has scale c. */
export function quantizeChannels(record: QuantizeChannels, begin: usize, end: usize, scratch: usize): void {
  const dtype = record.dtype;
  if (dtype == DTypeCode.float32) quantizeAs<f32>(record, begin, end);
  else if (dtype == DTypeCode.bfloat16) quantizeAs<bfloat16>(record, begin, end);
  else quantizeAs<float16>(record, begin, end);
}

function quantizeAs<T>(record: QuantizeChannels, begin: usize, end: usize): void {
  const source = record.source;
  const codes = record.codes;
  const scales = record.scales;
  const outer = record.outer;
  const channels = record.channels;
  const inner = record.inner;
  const qmax = record.qmax;
  const lowest = record.lowest;
  if (inner == 1) {
    quantizeColumns<T>(record, begin, end);
    return;
  }
  const stride = channels * inner;
  for (let channel = begin; channel < end; channel++) {
    const first = channel * inner;
    let amax: f32 = 0;
    for (let o: usize = 0, at = first; o < outer; o++, at += stride) {
      const magnitude = absmax<T>(source + at * sizeof<T>(), inner);
      if (!(magnitude <= amax)) amax = magnitude;
      if (isNonFinite(amax)) break;
    }
    if (isNonFinite(amax)) note(record);
    const scale = scaleOf(amax, qmax);
    store<f32>(scales + (channel << 2), scale);
    for (let o: usize = 0, at = first; o < outer; o++, at += stride) {
      quantizeRun<T>(source + at * sizeof<T>(), codes + at, inner, scale, lowest, qmax);
    }
  }
}

/** Codes of `count` consecutive elements that share a scale. */
export function quantizeRun<T>(source: usize, codes: usize, count: usize, scale: f32, lowest: i32, qmax: i32): void {
  const scales = f32x4.splat(scale);
  const low = i16x8.splat(<i16>lowest);
  const high = i16x8.splat(<i16>qmax);
  const end = codes + count;
  const inverse = f32x4.splat(1 / scale);
  const multiplies = hasInverse(scale);
  for (; codes + 16 <= end; codes += 16, source += 16 * sizeof<T>()) {
    if (multiplies) {
      const a = multiplyFour<T>(source, inverse);
      const b = multiplyFour<T>(source + 4 * sizeof<T>(), inverse);
      const c = multiplyFour<T>(source + 8 * sizeof<T>(), inverse);
      const d = multiplyFour<T>(source + 12 * sizeof<T>(), inverse);
      if (areCertain(a, b, c, d)) {
        const ab = i16x8.narrow_i32x4_s(i32x4.shr_s(a, 14), i32x4.shr_s(b, 14));
        const cd = i16x8.narrow_i32x4_s(i32x4.shr_s(c, 14), i32x4.shr_s(d, 14));
        v128.store(codes, i8x16.narrow_i16x8_s(ab, cd));
        continue;
      }
    }
    const a = codeEight<T>(source, scales, scales, low, high);
    const b = codeEight<T>(source + 8 * sizeof<T>(), scales, scales, low, high);
    v128.store(codes, i8x16.narrow_i16x8_s(a, b));
  }
  for (; codes < end; codes++, source += sizeof<T>()) store<i8>(codes, <i8>codeOne<T>(source, scale, lowest, qmax));
}

/** As above where neighbours belong to different channels (inner = 1): row by row, with a vector of scales. */
function quantizeColumns<T>(record: QuantizeChannels, begin: usize, end: usize): void {
  const outer = record.outer;
  const channels = record.channels;
  const qmax = record.qmax;
  const lowest = record.lowest;
  const source = record.source + begin * sizeof<T>();
  const codes = record.codes + begin;
  const scales = record.scales + (begin << 2); // the maxima's bits first, then the scales
  const count = end - begin;
  const whole = count & ~7;
  const mask = i32x4.splat(0x7fffffff);
  memory.fill(scales, 0, count << 2);
  for (let o: usize = 0, row = source; o < outer; o++, row += channels * sizeof<T>()) {
    for (let c: usize = 0; c < whole; c += 4) {
      const at = scales + (c << 2);
      v128.store(at, i32x4.max_s(v128.load(at), v128.and(mask, loadFour<T>(row + c * sizeof<T>()))));
    }
    for (let c = whole; c < count; c++) {
      const at = scales + (c << 2);
      store<i32>(at, max(load<i32>(at), reinterpret<i32>(loadOne<T>(row + c * sizeof<T>())) & 0x7fffffff));
    }
  }
  for (let at = scales; at < scales + (count << 2); at += 4) {
    const amax = load<f32>(at);
    if (isNonFinite(amax)) note(record);
    store<f32>(at, scaleOf(amax, qmax));
  }
  const low = i16x8.splat(<i16>lowest);
  const high = i16x8.splat(<i16>qmax);
  for (let o: usize = 0, row = source, out = codes; o < outer; o++, row += channels * sizeof<T>(), out += channels) {
    for (let c: usize = 0; c < whole; c += 8) {
      const at = scales + (c << 2);
      const eight = codeEight<T>(row + c * sizeof<T>(), v128.load(at), v128.load(at, 16), low, high);
      v128.store64_lane(out + c, i8x16.narrow_i16x8_s(eight, eight), 0);
    }
    for (let c = whole; c < count; c++) {
      store<i8>(out + c, <i8>codeOne<T>(row + c * sizeof<T>(), load<f32>(scales + (c << 2)), lowest, qmax));
    }
  }
}
