/**
 * What one writes without thinking of exactness: the largest magnitude of a row, divided by 127; each value over that, rounded. Whatever
 * WGSL lets a GPU do to these floats, it does. Codes are packed four to a word.
 */
const declarations: string = /* wgsl */ `
override rows: u32;
override quads: u32; // of a row

@group(0) @binding(0) var<storage, read> x: array<vec4f>;            // [rows, quads]
@group(0) @binding(1) var<storage, read_write> codes: array<u32>;    // [rows, quads]
@group(0) @binding(2) var<storage, read_write> scales: array<f32>;   // [rows]

fn largest(v: vec4f) -> f32 {
  let a = abs(v);
  return max(max(a.x, a.y), max(a.z, a.w));
}

fn pack(v: vec4f, scale: f32) -> u32 {
  let c = vec4u(vec4i(round(v / scale))) & vec4u(0xff);
  return c.x | (c.y << 8u) | (c.z << 16u) | (c.w << 24u);
}
`;

/** 128 invocations a row, as on a GPU one would. */
export const workgroupPerRow: string = /* wgsl */ `${declarations}
var<workgroup> maxima: array<f32, 128>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  var m = 0.0;
  for (var i = lane; i < quads; i += 128u) { m = max(m, largest(x[row * quads + i])); }
  maxima[lane] = m;
  for (var half = 64u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { maxima[lane] = max(maxima[lane], maxima[lane + half]); }
  }
  workgroupBarrier();
  let amax = maxima[0];
  let scale = select(amax / 127.0, 1.0, amax == 0.0);
  if (lane == 0u) { scales[row] = scale; }
  for (var i = lane; i < quads; i += 128u) { codes[row * quads + i] = pack(x[row * quads + i], scale); }
}
`;

/** Of the kernel below. */
export const rowsPerWorkgroup = 64;

/** One invocation a row, without barriers: what suits a program on the CPU better. */
export const invocationPerRow: string = /* wgsl */ `${declarations}
@compute @workgroup_size(${rowsPerWorkgroup})
fn main(@builtin(global_invocation_id) invocation: vec3u) {
  let row = invocation.x;
  if (row >= rows) { return; }
  var amax = 0.0;
  for (var i = 0u; i < quads; i++) { amax = max(amax, largest(x[row * quads + i])); }
  let scale = select(amax / 127.0, 1.0, amax == 0.0);
  scales[row] = scale;
  for (var i = 0u; i < quads; i++) { codes[row * quads + i] = pack(x[row * quads + i], scale); }
}
`;
