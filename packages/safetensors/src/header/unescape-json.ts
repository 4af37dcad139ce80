const single: ReadonlyMap<number, number> = new Map([
  [0x22, 0x22], // quote
  [0x5c, 0x5c], // backslash
  [0x2f, 0x2f], // slash
  [0x62, 0x08], // b
  [0x66, 0x0c], // f
  [0x6e, 0x0a], // n
  [0x72, 0x0d], // r
  [0x74, 0x09], // t
]);

/**
 * The UTF-8 text that the inside of a JSON string stands for. It works on bytes, in one buffer no larger than the
 * input, so that a string of millions of escapes takes no more than that.
 *
 * `fail` gets the problem and its offset in `text`, for an unknown escape, one cut short, and half of a surrogate pair,
 * which no UTF-8 can hold.
 */
export function unescapeJson(text: Uint8Array, fail: (problem: string, position: number) => never): Uint8Array {
  const output = new Uint8Array(text.length);
  let written = 0;
  for (let at = 0; at < text.length; ) {
    if (text[at] !== 0x5c) {
      output[written++] = text[at++];
    } else if (text[at + 1] !== 0x75) {
      output[written++] = single.get(text[at + 1]) ?? fail("a string holds an unknown escape", at);
      at += 2;
    } else {
      let point = readHex(text, at, fail);
      const start = at;
      at += 6;
      if (point >= 0xd800 && point <= 0xdfff) {
        const low = point < 0xdc00 && text[at] === 0x5c && text[at + 1] === 0x75 ? readHex(text, at, fail) : 0;
        if (low < 0xdc00 || low > 0xdfff) fail("a string holds half of a surrogate pair", start);
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        at += 6;
      }
      written = writeUtf8(output, written, point);
    }
  }
  return output.subarray(0, written);
}

/** The four hexadecimal digits of the escape that starts at `start`. */
function readHex(text: Uint8Array, start: number, fail: (problem: string, position: number) => never): number {
  let value = 0;
  for (let at = start + 2; at < start + 6; at++) {
    const digit = Number.parseInt(String.fromCharCode(text[at] ?? 0x20), 16);
    if (Number.isNaN(digit)) fail("a string holds a \\u escape without four hexadecimal digits", start);
    value = value * 16 + digit;
  }
  return value;
}

/** Writes one code point and returns the offset after it. It takes at most 4 bytes, and its escape at least 6. */
function writeUtf8(output: Uint8Array, offset: number, point: number): number {
  if (point < 0x80) {
    output[offset++] = point;
  } else if (point < 0x800) {
    output[offset++] = 0xc0 | (point >> 6);
    output[offset++] = 0x80 | (point & 0x3f);
  } else if (point < 0x10000) {
    output[offset++] = 0xe0 | (point >> 12);
    output[offset++] = 0x80 | ((point >> 6) & 0x3f);
    output[offset++] = 0x80 | (point & 0x3f);
  } else {
    output[offset++] = 0xf0 | (point >> 18);
    output[offset++] = 0x80 | ((point >> 12) & 0x3f);
    output[offset++] = 0x80 | ((point >> 6) & 0x3f);
    output[offset++] = 0x80 | (point & 0x3f);
  }
  return offset;
}
