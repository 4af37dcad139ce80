import { OctetError } from "@octet/core";
import { optionText } from "../option-text.ts";

/** Which build of the kernels runs. */
export type Simd = "plain" | "relaxed";

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
// (type (func (result v128))) and one function of it
const function0 = [...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], ...[0x03, 0x02, 0x01, 0x00]];

/** i8x16.popcnt (i8x16.splat (i32.const 0)): the whole of SIMD128, since popcnt came last. */
const plainProbe = [...[0x0a, 0x0a, 0x01, 0x08, 0x00], ...[0x41, 0x00, 0xfd, 0x0f], ...[0xfd, 0x62, 0x0b]];

/** f32x4.relaxed_madd of three splats. */
const relaxedProbe = [
  ...[0x0a, 0x13, 0x01, 0x11, 0x00],
  ...[0x41, 0x01, 0xfd, 0x0f, 0x41, 0x02, 0xfd, 0x0f, 0x41, 0x03, 0xfd, 0x0f],
  ...[0xfd, 0x85, 0x02, 0x0b],
];

/**
 * The best build that this runtime takes, or the one asked for.
 * @throws OctetError `ERR_UNSUPPORTED` for one that there is not, `ERR_UNAVAILABLE` when the runtime does not take it
 */
export function chooseSimd(wanted?: Simd): Simd {
  if (wanted !== undefined && wanted !== "plain" && wanted !== "relaxed") {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `got simd ${optionText(wanted)}; use "plain" or "relaxed", or leave it out`,
    );
  }
  if (typeof WebAssembly === "undefined") {
    throw new OctetError("ERR_UNAVAILABLE", "wasm: this runtime has no WebAssembly; use another backend");
  }
  if (!takes(plainProbe)) {
    throw new OctetError(
      "ERR_UNAVAILABLE",
      "wasm: this runtime has no WebAssembly SIMD; update it, or use another backend",
    );
  }
  const relaxed = takes(relaxedProbe);
  if (wanted === "relaxed" && !relaxed) {
    throw new OctetError(
      "ERR_UNAVAILABLE",
      'wasm: this runtime has no relaxed SIMD; leave the option simd out, or use "plain"',
    );
  }
  return wanted ?? (relaxed ? "relaxed" : "plain");
}

function takes(code: readonly number[]): boolean {
  return WebAssembly.validate(new Uint8Array([...header, ...function0, ...code]));
}
