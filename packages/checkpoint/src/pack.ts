/**
 * The packing of compressed-tensors' pack-quantized: codes are stored unsigned, `code + 2^(bits-1)`, one after the other from the lowest
 * bit of little-endian 32-bit words, each row padded with zero bits to whole words. Element i of a row lies in bits `i * bits` and up.
 * With 8 bits that is each byte of the codes with its top bit flipped.
 */

/** 32-bit words that `k` codes take. */
export function packedWidth(k: number, bits: number): number {
  return Math.ceil((k * bits) / 32);
}

/** Rows of int8 codes `[rows, k]` as bytes of packed words, `[rows, 4 * packedWidth(k, bits)]`. */
export function packCodes(codes: Int8Array, k: number, bits: number): Uint8Array<ArrayBuffer> {
  const rows = k === 0 ? 0 : codes.length / k;
  const stride = 4 * packedWidth(k, bits);
  const packed = new Uint8Array(rows * stride);
  const offset = 2 ** (bits - 1);
  for (let row = 0, i = 0; row < rows; row++) {
    let pending = 0;
    let pendingBits = 0;
    let at = row * stride;
    for (const end = i + k; i < end; i++) {
      pending |= (codes[i] + offset) << pendingBits;
      pendingBits += bits;
      if (pendingBits < 8) continue;
      packed[at++] = pending;
      pending >>>= 8;
      pendingBits -= 8;
    }
    if (pendingBits > 0) packed[at] = pending;
  }
  return packed;
}

/** The int8 codes `[rows, k]` in packed words, whose padding is not looked at. */
export function unpackCodes(packed: Uint8Array, rows: number, k: number, bits: number): Int8Array<ArrayBuffer> {
  const codes = new Int8Array(rows * k);
  const stride = 4 * packedWidth(k, bits);
  const offset = 2 ** (bits - 1);
  const mask = 2 ** bits - 1;
  for (let row = 0, i = 0; row < rows; row++) {
    let pending = 0;
    let pendingBits = 0;
    let at = row * stride;
    for (const end = i + k; i < end; i++) {
      if (pendingBits < bits) {
        pending |= packed[at++] << pendingBits;
        pendingBits += 8;
      }
      codes[i] = (pending & mask) - offset;
      pending >>>= bits;
      pendingBits -= bits;
    }
  }
  return codes;
}
