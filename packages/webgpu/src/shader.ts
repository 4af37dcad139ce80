import type { KernelParams, ParamTypes } from "./params.ts";

/** What shaders may use beyond the core of WGSL. Results are the same bits with and without. */
export interface ShaderFeatures {
  /** The language feature `packed_4x8_integer_dot_product`. */
  readonly packedDot: boolean;
  /** The device feature `subgroups`. */
  readonly subgroups: boolean;
  /** The device is a program on the CPU: threads are few, and barriers cost much. */
  readonly software: boolean;
}

/** A compute shader. There is one object for a text, see `eachVariantOnce`, and it is compiled once. */
export interface Shader<Types extends ParamTypes = ParamTypes> {
  /** What it does and in which variant, for labels and error messages. */
  readonly name: string;
  /** Exact shaders mention no float type; a test sees to it. */
  readonly exact: boolean;
  readonly source: string;
  /** A letter for each buffer, `r` for those that are read, `w` for those that are written. */
  readonly accesses: string;
  readonly params: KernelParams<Types>;
}

/** What a shader reads and writes, in the order of its bindings: name, access, type. Binding 0 is `params`, so these start at 1. */
export type BufferDeclaration = readonly [name: string, access: "read" | "read_write", type: string];

export interface ShaderParts<Types extends ParamTypes> {
  readonly name: string;
  readonly exact: boolean;
  /** Lines that must come first: `enable` and `requires`. */
  readonly directives?: string;
  readonly params: KernelParams<Types>;
  readonly buffers: readonly BufferDeclaration[];
  /** Functions and module variables. */
  readonly pieces: readonly string[];
  readonly workgroupSize: readonly number[];
  /**
   * The body. It knows `lane` (index in the workgroup), `group` (index of the workgroup, however the grid was folded), `index` (of
   * the invocation among all) and `local` (id in the workgroup).
   */
  readonly main: string;
}

/** Puts a shader together. */
export function shader<Types extends ParamTypes>(parts: ShaderParts<Types>): Shader<Types> {
  const { name, exact, directives = "", params, buffers, pieces, workgroupSize, main } = parts;
  const invocations = workgroupSize.reduce((product, extent) => product * extent, 1);
  const declarations = buffers.map(
    ([buffer, access, type], index) => `@group(0) @binding(${index + 1}) var<storage, ${access}> ${buffer}: ${type};\n`,
  );
  const source = `${directives}
${params.source}${declarations.join("")}${pieces.join("")}
@compute @workgroup_size(${workgroupSize.join(", ")})
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.y * workgroups.x + workgroup.x;
  let index = group * ${invocations}u + lane;
  ${main.trim()}
}
`;
  const accesses = buffers.map(([, access]) => (access === "read" ? "r" : "w")).join("");
  return { name, exact, source, accesses, params };
}

/** Parameters need no part in the key: they are in the text. */
const shadersByText = new Map<string, Shader<never>>();

/** Has a function put each of its shaders together once, however often it is asked for: every op asks, and texts are long. */
export function eachVariantOnce<Variant extends readonly unknown[], Types extends ParamTypes>(
  make: (...variant: Variant) => Shader<Types>,
): (...variant: Variant) => Shader<Types> {
  const made = new Map<string, Shader<Types>>();
  return (...variant) => {
    const key = JSON.stringify(variant);
    const known = made.get(key);
    if (known !== undefined) return known;
    const next = make(...variant);
    const found = (shadersByText.get(next.source) as Shader<Types> | undefined) ?? next;
    shadersByText.set(next.source, found as Shader<never>);
    made.set(key, found);
    return found;
  };
}
