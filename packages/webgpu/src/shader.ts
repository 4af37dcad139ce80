/** A compute shader. There is one object for a text, see `eachVariantOnce`, and it is compiled once. */
export interface Shader {
  /** What it does and in which variant, for labels and error messages. */
  readonly name: string;
  /** Exact shaders mention no float type; a test sees to it. */
  readonly exact: boolean;
  readonly source: string;
  /** A letter for each buffer, `r` for those that are read, `w` for those that are written. */
  readonly accesses: string;
}

/** What a shader reads and writes, in the order of its bindings: name, access, type. Binding 0 is `params`, so these start at 1. */
export type BufferDeclaration = readonly [name: string, access: "read" | "read_write", type: string];

export interface ShaderParts {
  readonly name: string;
  readonly exact: boolean;
  /** Lines that must come first: `enable` and `requires`. */
  readonly directives?: string;
  /** Members of the uniform struct `params`, all u32. */
  readonly params: readonly string[];
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
export function shader(parts: ShaderParts): Shader {
  const { name, exact, directives = "", params, buffers, pieces, workgroupSize, main } = parts;
  const invocations = workgroupSize.reduce((product, extent) => product * extent, 1);
  const declarations = buffers.map(
    ([buffer, access, type], index) => `@group(0) @binding(${index + 1}) var<storage, ${access}> ${buffer}: ${type};\n`,
  );
  const source = `${directives}
struct Params { ${params.map((param) => `${param}: u32`).join(", ")} }
@group(0) @binding(0) var<uniform> params: Params;
${declarations.join("")}${pieces.join("")}
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
  return { name, exact, source, accesses };
}

const shadersByText = new Map<string, Shader>();

/** Has a function put each of its shaders together once, however often it is asked for: every op asks, and texts are long. */
export function eachVariantOnce<Variant extends readonly unknown[]>(
  make: (...variant: Variant) => Shader,
): (...variant: Variant) => Shader {
  const made = new Map<string, Shader>();
  return (...variant) => {
    const key = JSON.stringify(variant);
    const known = made.get(key);
    if (known !== undefined) return known;
    const next = make(...variant);
    const found = shadersByText.get(next.source) ?? next;
    shadersByText.set(next.source, found);
    made.set(key, found);
    return found;
  };
}
