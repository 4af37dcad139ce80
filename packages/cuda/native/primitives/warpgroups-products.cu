// The device's side of warpgroup-products.h: compiled for compute capability 9.0a alone.
#include "../kernels/platform.cuh"
#include "../kernels/hopper/linear-wide-tiles.cuh"
#include "warpgroup-products.h"

#include <cstdio>
#include <cstdlib>

namespace octet {
namespace {

/** Where byte `place` of row `row` lies in an operand. */
__device__ int swizzled(int row, int place) { return row * wide_row_bytes + ((place / 16 ^ row % 8) << 4) + place % 16; }

/** Kind: of 16-bit floats, or integers. left [64, 8 words], right [columns, 8 words], sums [64, columns]. By one warpgroup. */
template <class Kind, int COLUMNS, bool LEFT_IN_REGISTERS>
__global__ void __launch_bounds__(128) multiply_once(const uint32_t* left, const uint32_t* right, uint32_t* sums) {
  __shared__ __align__(1024) uint8_t operands[(64 + COLUMNS) * wide_row_bytes];
  uint8_t* right_operand = operands + 64 * wide_row_bytes;
  for (int i = int(threadIdx.x); i < 64 * 8; i += 128) *reinterpret_cast<uint32_t*>(operands + swizzled(i / 8, i % 8 * 4)) = left[i];
  for (int i = int(threadIdx.x); i < COLUMNS * 8; i += 128) *reinterpret_cast<uint32_t*>(right_operand + swizzled(i / 8, i % 8 * 4)) = right[i];
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
  __syncthreads();
  const int lane = int(threadIdx.x) % 32, row = int(threadIdx.x) / 32 * 16 + lane / 4, t = lane % 4;
  typename Kind::Sum d[COLUMNS / 2] = {};
  const uint64_t b = describe_operand(uint32_t(__cvta_generic_to_shared(right_operand)));
  if constexpr (LEFT_IN_REGISTERS) {
    const uint32_t a[4] = {left[row * 8 + t], left[(row + 8) * 8 + t], left[row * 8 + t + 4], left[(row + 8) * 8 + t + 4]};
    warpgroup_begin();
    multiply_wide<Kind>(d, a, b);
    warpgroup_commit();
    warpgroup_wait<0>();
  } else {
    warpgroup_begin();
    multiply_wide<Kind>(d, describe_operand(uint32_t(__cvta_generic_to_shared(operands))), b);
    warpgroup_commit();
    warpgroup_wait<0>();
  }
  hold_sums(d);
#pragma unroll
  for (int i = 0; i < COLUMNS / 2; i++) {
    const int column = i / 4 * 8 + t * 2 + i % 2;
    memcpy(sums + (row + i / 2 % 2 * 8) * COLUMNS + column, &d[i], 4);
  }
}

void require(cudaError_t error) {
  if (error == cudaSuccess) return;
  fprintf(stderr, "products of warpgroups: %s\n", cudaGetErrorString(error));
  exit(3);
}

template <class Kind, int COLUMNS>
void launch(const WarpgroupProduct& product, const uint32_t* left, const uint32_t* right, uint32_t* sums) {
  if constexpr (Kind::activation_bytes == 2) {
    if (product.left_in_registers) {
      multiply_once<Kind, COLUMNS, true><<<1, 128>>>(left, right, sums);
      return;
    }
  }
  multiply_once<Kind, COLUMNS, false><<<1, 128>>>(left, right, sums);
}

template <class Kind>
void launch(const WarpgroupProduct& product, const uint32_t* left, const uint32_t* right, uint32_t* sums) {
  if (product.columns == 32) launch<Kind, 32>(product, left, right, sums);
  else if (product.columns == 64) launch<Kind, 64>(product, left, right, sums);
  else if (product.columns == 128) launch<Kind, 128>(product, left, right, sums);
  else launch<Kind, 256>(product, left, right, sums);
}

}  // namespace

Words device_sums(const WarpgroupProduct& product) {
  int major = 0, minor = 0;
  require(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0));
  require(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, 0));
  if (major != 9 || minor != 0) return expected_sums(product);
  Words sums(size_t(64 * product.columns), 0xDEADBEEF);
  uint32_t* memory[3];
  const Words* contents[3] = {&product.left, &product.right, &sums};
  for (int i = 0; i < 3; i++) {
    require(cudaMalloc(&memory[i], contents[i]->size() * 4));
    require(cudaMemcpy(memory[i], contents[i]->data(), contents[i]->size() * 4, cudaMemcpyHostToDevice));
  }
  if (product.type == WarpgroupType::f16) launch<F16Floats>(product, memory[0], memory[1], memory[2]);
  else if (product.type == WarpgroupType::bf16) launch<Bf16Floats>(product, memory[0], memory[1], memory[2]);
  else launch<IntegerCodes<1>>(product, memory[0], memory[1], memory[2]);
  require(cudaGetLastError());
  require(cudaMemcpy(sums.data(), memory[2], sums.size() * 4, cudaMemcpyDeviceToHost));
  for (uint32_t* one : memory) require(cudaFree(one));
  return sums;
}

}  // namespace octet
