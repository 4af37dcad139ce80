import { bfloat16, float16, loadFour, loadOne, storeEight, storeFour, storeOne } from "../dtype/dtype";
import { Address, Count, DTypeCode } from "../record";

@unmanaged
export class DequantizeRuns {
  /** i8 [size] */
  codes: Address;
  /** f32 [channels] */
  scales: Address;
  /** [size] */
  output: Address;
  channels: Count;
  inner: Count;
  size: Count;
  /** Of the output. */
  dtype: DTypeCode;
}

/**
 * fl32(code * scale), rounded once to the output dtype, of the runs begin .. end - 1. Run r holds elements r * inner up to r * inner +
 * inner - 1, at most `size`, which share scale r % channels; with inner 1 a run is a row of `channels` elements, one for each scale.
 */
export function dequantizeRuns(record: DequantizeRuns, begin: usize, end: usize, scratch: usize): void {
  const dtype = record.dtype;
  if (dtype == DTypeCode.float32) dequantizeAs<f32>(record, begin, end);
  else if (dtype == DTypeCode.bfloat16) dequantizeAs<bfloat16>(record, begin, end);
  else dequantizeAs<float16>(record, begin, end);
}

function dequantizeAs<T>(record: DequantizeRuns, begin: usize, end: usize): void {
  const codes = record.codes;
  const scales = record.scales;
  const output = record.output;
  const channels = record.channels;
  const inner = record.inner;
  const size = record.size;
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
