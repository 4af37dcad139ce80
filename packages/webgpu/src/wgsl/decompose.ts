/**
 * How exact shaders see a float32: as integers. The bits `a` of a finite magnitude stand for
 * `significand_of(a) * 2^(unit_of(a) - 149)`. Subnormals need no case of their own: their unit is 0 like that of the smallest
 * normals, and their significand is below 2^23.
 */
export const decompose = `
fn unit_of(a: u32) -> u32 { return max(a >> 23u, 1u) - 1u; }
fn significand_of(a: u32) -> u32 { return a - (unit_of(a) << 23u); }
`;
