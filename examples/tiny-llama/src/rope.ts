/**
 * Rotary position embedding (Su et al., "RoFormer"), in the layout of Hugging Face: element i of a head is paired with i + headDim / 2,
 * and the pair at position p turns by p * theta^(-2i / headDim).
 */
export class RotaryEmbedding {
  readonly #headDim: number;
  readonly #cosines: Float32Array; // [positions, headDim / 2]
  readonly #sines: Float32Array; // [positions, headDim / 2]

  constructor(positions: number, headDim: number, theta: number) {
    const half = headDim / 2;
    this.#headDim = headDim;
    this.#cosines = new Float32Array(positions * half);
    this.#sines = new Float32Array(positions * half);
    for (let position = 0; position < positions; position++) {
      for (let i = 0; i < half; i++) {
        const angle = position * theta ** ((-2 * i) / headDim);
        this.#cosines[position * half + i] = Math.cos(angle);
        this.#sines[position * half + i] = Math.sin(angle);
      }
    }
  }

  /** Turns x in place. x: [windows * length, heads * headDim], each window at positions 0 .. length - 1. */
  rotate(x: Float32Array, length: number, heads: number): void {
    const half = this.#headDim / 2;
    const width = heads * this.#headDim;
    for (let row = 0; row < x.length / width; row++) {
      const turn = (row % length) * half;
      for (let head = 0; head < heads; head++) {
        const start = row * width + head * this.#headDim;
        for (let i = 0; i < half; i++) {
          const [cosine, sine] = [this.#cosines[turn + i], this.#sines[turn + i]];
          const [a, b] = [x[start + i], x[start + i + half]];
          x[start + i] = a * cosine - b * sine;
          x[start + i + half] = b * cosine + a * sine;
        }
      }
    }
  }
}
