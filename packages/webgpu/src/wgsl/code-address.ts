/**
 * `code_word(row, word)`: where word `word` of a row of codes lies, see code-layout.ts. Needs the parameters `stride`, the quads from row to row,
 * and `block`.
 */
export const codeWord = `
fn code_word(row: u32, word: u32) -> u32 {
  let quad = ((row / params.block) * params.stride + word / 4u) * params.block + row % params.block;
  return quad * 4u + word % 4u;
}
`;

/** `pack_codes(codes)`: four codes in a word, the first in the lowest byte. */
export const packCodes = `
fn pack_codes(codes: vec4<i32>) -> u32 {
  let bytes = vec4<u32>(codes) & vec4<u32>(0xffu);
  return bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | (bytes.w << 24u);
}
`;
