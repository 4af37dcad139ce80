/**
 * `note_non_finite(index)`: counts an element that is not finite, and keeps the first flat index as its complement, so that a page of zeroes
 * needs no preparation. Needs the buffer `findings` and the parameter `slot`.
 */
export const noteNonFinite = `
fn note_non_finite(index: u32) {
  atomicMax(&findings[params.slot * 2u], ~index);
  atomicAdd(&findings[params.slot * 2u + 1u], 1u);
}
fn note_non_finites(bits: vec4<u32>, index: u32) {
  for (var i = 0u; i < 4u; i = i + 1u) {
    if ((bits[i] & 0x7fffffffu) >= 0x7f800000u) { note_non_finite(index + i); }
  }
}
`;
