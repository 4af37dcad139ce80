// What tensor cores multiply: how activations and weights lie in memory, and how 16 neighbours along K become operands.
//
// A lane takes 16 consecutive elements of a row at a time. `step_count` operations use them up; operation s takes words 2 * s and
// 2 * s + 1 of the activations, and of the weights what `expand` makes of them.
#pragma once
#include "linear-output.cuh"

namespace octet {

/** Four codes in a word become two words of float16, exactly: each byte under 0x64 is 1024 + code + 128. */
__device__ __forceinline__ void expand_to_f16(uint32_t word, uint32_t& first, uint32_t& second) {
  const uint32_t offset = word ^ 0x80808080u;
  first = subtract_f16x2(__byte_perm(offset, 0x64646464u, 0x4140), 0x64806480u);
  second = subtract_f16x2(__byte_perm(offset, 0x64646464u, 0x4342), 0x64806480u);
}

/** Four codes become two words of bfloat16, by way of float32: a byte under 0x4B is 2^23 + code + 128. Codes fit in its 8 bits. */
__device__ __forceinline__ void expand_to_bf16(uint32_t word, uint32_t& first, uint32_t& second) {
  const uint32_t offset = word ^ 0x80808080u;
  uint32_t wide[4];
#pragma unroll
  for (int i = 0; i < 4; i++)
    wide[i] = __float_as_uint(__fsub_rn(__uint_as_float(__byte_perm(offset, 0x4B000000u, 0x7440 + i)), 8388736.f));
  first = __byte_perm(wide[0], wide[1], 0x7632);
  second = __byte_perm(wide[2], wide[3], 0x7632);
}

struct F16Codes {
  using Sum = float;
  /** Whether a large tile takes more registers than two blocks on a multiprocessor have. */
  static constexpr bool many_registers = false;
  static constexpr int activation_bytes = 2, weight_bytes = 1, planes = 1, step_count = 4;
  static __device__ __forceinline__ void expand(const uint32_t* words, int step, uint32_t& first, uint32_t& second) {
    expand_to_f16(words[step], first, second);
  }
  static __device__ __forceinline__ void multiply(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) { mma_f16(d, a, b); }
};

struct Bf16Codes : F16Codes {
  static constexpr bool many_registers = true;
  static __device__ __forceinline__ void expand(const uint32_t* words, int step, uint32_t& first, uint32_t& second) {
    expand_to_bf16(words[step], first, second);
  }
  static __device__ __forceinline__ void multiply(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) { mma_bf16(d, a, b); }
};

struct F16Floats : F16Codes {
  static constexpr int weight_bytes = 2;
  static __device__ __forceinline__ void expand(const uint32_t* words, int step, uint32_t& first, uint32_t& second) {
    first = words[2 * step], second = words[2 * step + 1];
  }
};

struct Bf16Floats : F16Floats {
  static __device__ __forceinline__ void multiply(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) { mma_bf16(d, a, b); }
};

/** Quantized activations: one plane of bytes for 8 bits, two for 16. */
template <int PLANES>
struct IntegerCodes {
  using Sum = int32_t;
  static constexpr bool many_registers = PLANES == 2;
  static constexpr int activation_bytes = 1, weight_bytes = 1, planes = PLANES, step_count = 2;
  static __device__ __forceinline__ void expand(const uint32_t* words, int step, uint32_t& first, uint32_t& second) {
    first = words[2 * step], second = words[2 * step + 1];
  }
  static __device__ __forceinline__ void multiply(int32_t (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) { mma_s8(d, a, b); }
};

/** A sum as float32, from one sum per plane. K <= 131071 keeps each within 32 bits. */
__device__ __forceinline__ float sum_to_float(const float (&sums)[1]) { return sums[0]; }
__device__ __forceinline__ float sum_to_float(const int32_t (&sums)[1]) { return __int2float_rn(sums[0]); }
__device__ __forceinline__ float sum_to_float(const int32_t (&sums)[2]) {
  return __ll2float_rn(256ll * sums[0] + sums[1]);
}

/** Activations as tensor cores read them. Rows start on 16 bytes. */
struct TensorCoreInput {
  const uint8_t* data;
  /** Bytes from row to row, and from the upper plane to the lower one. */
  int64_t row_bytes, plane_bytes;
  /** Whether a kernel may fetch weights before the kernel before it is done. */
  bool early = false;
};

/** 16 codes of a weight that may lie anywhere: `left` of them are there, the rest is zero. */
__device__ __forceinline__ void load_codes(const uint8_t* source, int64_t left, uint32_t (&words)[4]) {
#pragma unroll
  for (int i = 0; i < 4; i++) {
    words[i] = 0;
#pragma unroll
    for (int b = 0; b < 4; b++)
      if (4 * i + b < left) words[i] |= uint32_t(source[4 * i + b]) << 8 * b;
  }
}

/**
 * Copies the 16 elements of a weight at `place` of a row of `k` elements into slots that lie `stride` apart; what is past the end is
 * zero. ALIGNED: rows start on 16 bytes, k is a multiple of 16, and copies are asynchronous.
 */
template <int WEIGHT_BYTES, int STRIDE, bool ALIGNED>
__device__ __forceinline__ void copy_weights(uint4* slots, const uint8_t* row, uint32_t place, uint32_t k) {
  if constexpr (ALIGNED) {
    const bool there = place < k;
#pragma unroll
    for (int i = 0; i < WEIGHT_BYTES; i++)
      copy_async_line(slots + i * STRIDE, row + (there ? int64_t(place) * WEIGHT_BYTES + i * 16 : 0), there ? 16 : 0);
  } else {
    static_assert(WEIGHT_BYTES == 1, "only codes may lie anywhere");
    uint32_t words[4];
    load_codes(row + place, int64_t(k) - place, words);
    *slots = uint4{words[0], words[1], words[2], words[3]};
  }
}

/**
 * 16-byte loads of neighbours, all there or none. Ordinary loads: what they find may have been written after this kernel started, which
 * __ldg and __restrict__ would deny.
 */
template <int WORDS>
__device__ __forceinline__ void load_words(const uint8_t* source, bool there, uint32_t (&words)[WORDS]) {
#pragma unroll
  for (int i = 0; i < WORDS / 4; i++) {
    const uint4 four = there ? reinterpret_cast<const uint4*>(source)[i] : uint4{0, 0, 0, 0};
    words[4 * i] = four.x, words[4 * i + 1] = four.y, words[4 * i + 2] = four.z, words[4 * i + 3] = four.w;
  }
}

}  // namespace octet
