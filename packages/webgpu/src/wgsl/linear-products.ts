import type { LinearVariant } from "../kernels/linear/variant.ts";

/** The sum of the products of four pairs of signed bytes: the language feature, or the same bits without it. */
const dotBytes = {
  packed: `
fn dot_bytes(a: u32, b: u32) -> i32 { return dot4I8Packed(a, b); }
`,
  unpacked: `
fn signed_bytes(word: u32) -> vec4<i32> {
  return vec4<i32>(vec4<u32>(word << 24u, word << 16u, word << 8u, word)) >> vec4<u32>(24u);
}
fn dot_bytes(a: u32, b: u32) -> i32 { return dot(signed_bytes(a), signed_bytes(b)); }
`,
};

/** What four products need: `Four` elements of x, `FourWeights`, and the running `Sum`. */
export interface ProductTypes {
  /** Declares `Sum`, `Four`, `FourWeights` and `add_products(sum, four, weights)`. */
  readonly source: string;
  /** The type of the buffer x. */
  readonly x: string;
  /** Declares `load_four(m, quad, i)`: elements i * 4 to i * 4 + 3 of a quad of a row of x. */
  readonly loadFour: string;
}

export function products({ activations, weights, packedDot }: LinearVariant): ProductTypes {
  const dot = packedDot ? dotBytes.packed : dotBytes.unpacked;
  switch (activations) {
    case "int8":
      return {
        x: "array<u32>",
        source: `${dot}
alias Sum = i32;
alias Four = u32;
alias FourWeights = u32;
fn add_products(sum: Sum, four: Four, weights: FourWeights) -> Sum { return sum + dot_bytes(four, weights); }
`,
        loadFour: `
fn load_four(m: u32, quad: u32, i: u32) -> Four { return x[params.xShift + (m * params.quads + quad) * 4u + i]; }
`,
      };
    case "int16":
      // High and low bytes are summed apart; rows of x are those of high bytes followed by those of low ones.
      return {
        x: "array<u32>",
        source: `${dot}
alias Sum = vec2<i32>;
alias Four = vec2<u32>;
alias FourWeights = u32;
fn add_products(sum: Sum, four: Four, weights: FourWeights) -> Sum {
  return sum + vec2<i32>(dot_bytes(four.x, weights), dot_bytes(four.y, weights));
}
`,
        loadFour: `
fn load_four(m: u32, quad: u32, i: u32) -> Four {
  let high = params.xShift + (m * params.quads * 2u + quad) * 4u + i;
  return vec2<u32>(x[high], x[high + params.quads * 4u]);
}
`,
      };
    case "float":
      return {
        x: "array<vec4<f32>>",
        source: `
alias Sum = f32;
alias Four = vec4<f32>;
alias FourWeights = ${weights === "codes" ? "u32" : "vec4<f32>"};
fn add_products(sum: Sum, four: Four, weights: FourWeights) -> Sum {
  return sum + dot(four, ${weights === "codes" ? "unpack_codes(weights)" : "weights"});
}
`,
        loadFour: `
fn load_four(m: u32, quad: u32, i: u32) -> Four { return x[params.xShift + (m * params.quads + quad) * 4u + i]; }
`,
      };
  }
}
