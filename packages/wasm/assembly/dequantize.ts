import { BFLOAT16, FLOAT32, bfloat16, float16, loadFour, loadOne, storeEight, storeFour, storeOne } from "./dtype";
import { word } from "./record";

/**
 * fl32(code * scale), rounded once to the output dtype, of the runs begin .. end - 1. Run r holds elements r * inner up to r * inner +
 * inner - 1, at most `size`, which share scale r % channels; with inner 1 a run is a row of `channels` elements, one for each scale.
 * Words: 0 codes (i8), 1 scales (f32), 2 output, 3 channels, 4 inner, 5 size in elements, 6 output dtype.
 */
export function dequantizeRuns(record: usize, begin: usize, end: usize, scratch: usize): void {
  const dtype = <u32>word(record, 6);
  if (dtype == FLOAT32) dequantizeAs<f32>(record, begin, end);
  else if (dtype == BFLOAT16) dequantizeAs<bfloat16>(record, begin, end);
  else dequantizeAs<float16>(record, begin, end);
}

function dequantizeAs<T>(record: usize, begin: usize, end: usize): void {
  const codes = word(record, 0);
  const scales = word(record, 1);
  const output = word(record, 2);
  const channels = word(record, 3);
  const inner = word(record, 4);
  const size = word(record, 5);
  for (let run = begin; run < end; run++) {
    const columns = inner == 1;
    const first = run * (columns ? channels : inner);
    const count = columns ? channels : min(inner, size - first);
    const at = output + first * sizeof<T>();
    if (columns) scaleColumns<T>(codes + first, scales, at, count);
    else scaleRun<T>(codes + first, load<f32>(scales + ((run % channels) << 2)), at, count);
  }
}

function scaleRun<T>(codes: usize, scale: f32, output: usize, count: usize): void {
  const end = codes + count;
  const scaleVector = f32x4.splat(scale);
  for (; codes + 8 <= end; codes += 8, output += 8 * sizeof<T>()) {
    const eight = v128.load8x8_s(codes);
    const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight));
    const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight));
    storeEight<T>(output, f32x4.mul(low, scaleVector), f32x4.mul(high, scaleVector));
  }
  for (; codes < end; codes++, output += sizeof<T>()) storeOne<T>(output, <f32>load<i8>(codes) * scale);
}

function scaleColumns<T>(codes: usize, scales: usize, output: usize, count: usize): void {
  const end = codes + count;
  for (; codes + 4 <= end; codes += 4, scales += 16, output += 4 * sizeof<T>()) {
    storeFour<T>(output, f32x4.mul(loadFour<i8>(codes), v128.load(scales)));
  }
  for (; codes < end; codes++, scales += 4, output += sizeof<T>()) {
    storeOne<T>(output, loadOne<i8>(codes) * load<f32>(scales));
  }
}
