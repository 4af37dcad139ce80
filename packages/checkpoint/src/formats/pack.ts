/**
 * The packing of compressed-tensors' pack-quantized: codes are stored unsigned, `code + 2^(bits-1)`, one after the other from the lowest
 * bit of little-endian 32-bit words, each row padded with zero bits to whole words. Element i of a row lies in bits `i * bits` and up.
 * With 8 bits that is each byte of the codes with its top bit flipped.
 */

/** 32-bit words that `k` codes take. */
export function packedWidth(k: number, bits: number): number {
  return Math.ceil((k * bits) / 32);
}

/** Packs the codes of a weight `[N, k]`, given piece by piece, whatever the pieces: rows may begin and end anywhere in one. */
export class CodePacker {
  readonly #k: number;
  readonly #bits: number;
  readonly #offset: number;
  /** Bytes of zeros after the last code of a row. */
  readonly #padding: number;
  #column = 0;
  #pending = 0;
  #pendingBits = 0;

  constructor(k: number, bits: number) {
    this.#k = k;
    this.#bits = bits;
    this.#offset = 2 ** (bits - 1);
    this.#padding = 4 * packedWidth(k, bits) - Math.ceil((k * bits) / 8);
  }

  /** The byte that the last codes filled in part, as far as it goes; none where they filled all of theirs. */
  get tail(): Uint8Array<ArrayBuffer> {
    return this.#pendingBits === 0 ? new Uint8Array(0) : Uint8Array.of(this.#pending);
  }

  /** The bytes that the next codes fill. A byte that they fill in part comes with the codes that complete it, or the row's end. */
  pack(codes: Int8Array): Uint8Array<ArrayBuffer> {
    if (this.#bits === 8 && this.#padding === 0) {
      const bytes = new Uint8Array(codes);
      flipTopBits(bytes);
      return bytes;
    }
    const rows = Math.ceil((this.#column + codes.length) / this.#k);
    const packed = new Uint8Array(Math.ceil((codes.length * this.#bits) / 8) + rows * (this.#padding + 1));
    let at = 0;
    for (let i = 0; i < codes.length; ) {
      const end = Math.min(codes.length, i + this.#k - this.#column);
      this.#column += end - i;
      at = this.#packRun(codes, i, end, packed, at);
      i = end;
      if (this.#column === this.#k) at = this.#endRow(packed, at);
    }
    return packed.subarray(0, at);
  }

  #packRun(codes: Int8Array, start: number, end: number, packed: Uint8Array, first: number): number {
    const bits = this.#bits;
    const offset = this.#offset;
    let pending = this.#pending;
    let pendingBits = this.#pendingBits;
    let at = first;
    let i = start;
    if (bits === 4 && pendingBits === 0) {
      for (; i + 1 < end; i += 2) packed[at++] = (codes[i] + 8) | ((codes[i + 1] + 8) << 4);
    }
    for (; i < end; i++) {
      pending |= (codes[i] + offset) << pendingBits;
      pendingBits += bits;
      if (pendingBits < 8) continue;
      packed[at++] = pending;
      pending >>>= 8;
      pendingBits -= 8;
    }
    this.#pending = pending;
    this.#pendingBits = pendingBits;
    return at;
  }

  #endRow(packed: Uint8Array, first: number): number {
    let at = first;
    if (this.#pendingBits > 0) packed[at++] = this.#pending;
    this.#column = 0;
    this.#pending = 0;
    this.#pendingBits = 0;
    return at + this.#padding;
  }
}

/** Flips the top bit of each byte: between codes and the unsigned bytes that stand for them. */
export function flipTopBits({ buffer, byteOffset, length }: Uint8Array | Int8Array): void {
  const bytes = new Uint8Array(buffer, byteOffset, length);
  const words = byteOffset % 4 === 0 ? new Uint32Array(buffer, byteOffset, length >> 2) : new Uint32Array(0);
  for (let i = 0; i < words.length; i++) words[i] ^= 0x80808080;
  for (let i = 4 * words.length; i < length; i++) bytes[i] ^= 0x80;
}
