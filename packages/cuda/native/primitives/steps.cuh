// One struct for each primitive: how many words of operands a thread takes, how many of results it gives.
#pragma once
#include "../kernels/linear/linear-kinds.cuh"

namespace octet {

struct MmaF16 {
  static constexpr int takes = 10, gives = 4;
  static __device__ void run(const uint32_t* x, uint32_t* y) {
    float d[4];
    for (int i = 0; i < 4; i++) d[i] = __uint_as_float(x[6 + i]);
    mma_f16(d, {x[0], x[1], x[2], x[3]}, {x[4], x[5]});
    for (int i = 0; i < 4; i++) y[i] = __float_as_uint(d[i]);
  }
};
struct MmaBf16 {
  static constexpr int takes = 10, gives = 4;
  static __device__ void run(const uint32_t* x, uint32_t* y) {
    float d[4];
    for (int i = 0; i < 4; i++) d[i] = __uint_as_float(x[6 + i]);
    mma_bf16(d, {x[0], x[1], x[2], x[3]}, {x[4], x[5]});
    for (int i = 0; i < 4; i++) y[i] = __float_as_uint(d[i]);
  }
};
struct MmaS8 {
  static constexpr int takes = 10, gives = 4;
  static __device__ void run(const uint32_t* x, uint32_t* y) {
    int32_t d[4];
    for (int i = 0; i < 4; i++) d[i] = int32_t(x[6 + i]);
    mma_s8(d, {x[0], x[1], x[2], x[3]}, {x[4], x[5]});
    for (int i = 0; i < 4; i++) y[i] = uint32_t(d[i]);
  }
};
struct BytePermute {
  static constexpr int takes = 3, gives = 1;
  static __device__ void run(const uint32_t* x, uint32_t* y) { y[0] = __byte_perm(x[0], x[1], x[2]); }
};
struct ExpandToF16 {
  static constexpr int takes = 1, gives = 2;
  static __device__ void run(const uint32_t* x, uint32_t* y) { expand_to_f16(x[0], y[0], y[1]); }
};
struct ExpandToBf16 {
  static constexpr int takes = 1, gives = 2;
  static __device__ void run(const uint32_t* x, uint32_t* y) { expand_to_bf16(x[0], y[0], y[1]); }
};
struct SubtractF16x2 {
  static constexpr int takes = 2, gives = 1;
  static __device__ void run(const uint32_t* x, uint32_t* y) { y[0] = subtract_f16x2(x[0], x[1]); }
};
struct HalfToFloat {
  static constexpr int takes = 1, gives = 1;
  static __device__ void run(const uint32_t* x, uint32_t* y) { y[0] = __float_as_uint(half_to_float(uint16_t(x[0]))); }
};
struct FloatToHalf {
  static constexpr int takes = 1, gives = 1;
  static __device__ void run(const uint32_t* x, uint32_t* y) { y[0] = float_to_half(__uint_as_float(x[0])); }
};
struct FloatToBfloat16 {
  static constexpr int takes = 1, gives = 1;
  static __device__ void run(const uint32_t* x, uint32_t* y) { y[0] = float_to_bfloat16(__uint_as_float(x[0])); }
};
struct Arithmetic {
  static constexpr int takes = 3, gives = 5;
  static __device__ void run(const uint32_t* x, uint32_t* y) {
    const float a = __uint_as_float(x[0]), b = __uint_as_float(x[1]), c = __uint_as_float(x[2]);
    y[0] = __float_as_uint(__fdiv_rn(a, b));
    y[1] = __float_as_uint(__fmul_rn(a, b));
    y[2] = __float_as_uint(__fadd_rn(a, b));
    y[3] = __float_as_uint(__fsub_rn(a, b));
    y[4] = __float_as_uint(__fmaf_rn(a, b, c));
  }
};
struct FloatToInteger {
  static constexpr int takes = 1, gives = 1;
  static __device__ void run(const uint32_t* x, uint32_t* y) { y[0] = uint32_t(__float2int_rn(__uint_as_float(x[0]))); }
};
struct IntegersToFloat {
  static constexpr int takes = 2, gives = 2;
  static __device__ void run(const uint32_t* x, uint32_t* y) {
    y[0] = __float_as_uint(__int2float_rn(int32_t(x[0])));
    y[1] = __float_as_uint(__ll2float_rn(static_cast<long long>(uint64_t(x[1]) << 32 | x[0])));
  }
};
struct ShuffleXor {
  static constexpr int takes = 1, gives = 5;
  static __device__ void run(const uint32_t* x, uint32_t* y) {
    for (int i = 0; i < 5; i++) y[i] = __shfl_xor_sync(~0u, x[0], 1 << i);
  }
};

constexpr int step_block = 128;

template <class Step>
__global__ void run_step(const uint32_t* x /* [threads, takes] */, uint32_t* y /* [threads, gives] */) {
  const int thread = int(blockIdx.x * blockDim.x + threadIdx.x);
  uint32_t operands[Step::takes], results[Step::gives];
  for (int i = 0; i < Step::takes; i++) operands[i] = x[thread * Step::takes + i];
  Step::run(operands, results);
  for (int i = 0; i < Step::gives; i++) y[thread * Step::gives + i] = results[i];
}

/**
 * Asynchronous copies in two groups, each waited for on its own; every thread reads what another one copied. x: per thread two pieces of
 * 4 words, then for each how many of its 16 bytes are valid. y: per thread the two pieces.
 */
inline __global__ void run_copies(const uint32_t* pieces, const uint32_t* valid, uint32_t* y) {
  uint32_t* shared = shared_memory<uint32_t>();  // [2, step_block, 4]
  const int thread = int(threadIdx.x), all = int(blockIdx.x) * step_block;
  for (int half = 0; half < 2; half++) {
    copy_async(shared + (half * step_block + thread) * 4, pieces + ((all + thread) * 2 + half) * 4, valid[(all + thread) * 2 + half]);
    copy_async_commit();
  }
  const int other = (thread * 37 + 11) % step_block;
  copy_async_wait<1>();
  __syncthreads();
  for (int i = 0; i < 4; i++) y[((all + other) * 2) * 4 + i] = shared[other * 4 + i];
  copy_async_wait<0>();
  __syncthreads();
  for (int i = 0; i < 4; i++) y[((all + other) * 2 + 1) * 4 + i] = shared[(step_block + other) * 4 + i];
}

}  // namespace octet
