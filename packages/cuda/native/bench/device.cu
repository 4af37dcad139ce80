#include "device.h"

#include <cuda_fp16.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace octet::bench {
namespace {

constexpr int threads = 256;

/** A number that looks random, from a place and a seed. */
__device__ uint32_t hash(uint64_t place, uint32_t seed) {
  uint64_t x = place + 0x9E3779B97F4A7C15ull * (seed + 1ull);
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return uint32_t((x ^ (x >> 31)) >> 16);
}

__global__ void write_codes(int8_t* target, size_t count, uint32_t seed) {
  for (size_t i = size_t(blockIdx.x) * threads + threadIdx.x; i < count; i += size_t(gridDim.x) * threads)
    target[i] = int8_t(int(hash(i, seed) % 255) - 127);
}

__global__ void write_halves(uint16_t* target, size_t count, uint32_t seed) {
  for (size_t i = size_t(blockIdx.x) * threads + threadIdx.x; i < count; i += size_t(gridDim.x) * threads)
    target[i] = __half_as_ushort(__float2half_rn(float(hash(i, seed) & 0xFFFFFF) / 8388608.f - 1.f));
}

__global__ void write_scales(float* target, size_t count, float around, uint32_t seed) {
  for (size_t i = size_t(blockIdx.x) * threads + threadIdx.x; i < count; i += size_t(gridDim.x) * threads)
    target[i] = around * (0.5f + float(hash(i, seed) & 0xFFFFFF) / 16777216.f);
}

/** Several independent loads in flight per thread. */
__global__ void __launch_bounds__(1024) sum_words(const uint4* source, size_t count, uint32_t* sink) {
  constexpr int unroll = 8;
  const size_t stride = size_t(gridDim.x) * blockDim.x;
  uint32_t sum = 0;
  size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x;
  for (; i + (unroll - 1) * stride < count; i += unroll * stride) {
    uint4 words[unroll];
#pragma unroll
    for (int u = 0; u < unroll; u++) words[u] = __ldcs(source + i + u * stride);
#pragma unroll
    for (int u = 0; u < unroll; u++) sum += words[u].x ^ words[u].y ^ words[u].z ^ words[u].w;
  }
  for (; i < count; i += stride) {
    const uint4 word = __ldcs(source + i);
    sum += word.x ^ word.y ^ word.z ^ word.w;
  }
  // Never true, which the compiler cannot know.
  if (sum == 0x12345678 && count == 1) *sink = sum;
}

__global__ void sum_squares(const uint16_t* a, const uint16_t* b, size_t count, double* sums) {
  double squares = 0, differences = 0;
  for (size_t i = size_t(blockIdx.x) * threads + threadIdx.x; i < count; i += size_t(gridDim.x) * threads) {
    const double x = __half2float(__ushort_as_half(a[i])), y = __half2float(__ushort_as_half(b[i]));
    squares += y * y;
    differences += (x - y) * (x - y);
  }
  atomicAdd(&sums[0], squares);
  atomicAdd(&sums[1], differences);
}

unsigned grid_for(size_t count) { return unsigned(std::min<size_t>((count + threads - 1) / threads, 4096)); }

}  // namespace

void require(cudaError_t error, const char* doing) {
  if (error == cudaSuccess) return;
  fprintf(stderr, "octet_bench: %s: %s (%s)\n", doing, cudaGetErrorString(error), cudaGetErrorName(error));
  exit(3);
}

Memory::Memory(size_t bytes) : bytes_(bytes) {
  void* data = nullptr;
  require(cudaMalloc(&data, bytes), "allocating device memory");
  data_.reset(data);
}

void fill_codes(int8_t* target, size_t count, uint32_t seed, cudaStream_t stream) {
  write_codes<<<grid_for(count), threads, 0, stream>>>(target, count, seed);
  require(cudaGetLastError(), "filling");
}

void fill_halves(uint16_t* target, size_t count, uint32_t seed, cudaStream_t stream) {
  write_halves<<<grid_for(count), threads, 0, stream>>>(target, count, seed);
  require(cudaGetLastError(), "filling");
}

void fill_scales(float* target, size_t count, float around, uint32_t seed, cudaStream_t stream) {
  write_scales<<<grid_for(count), threads, 0, stream>>>(target, count, around, seed);
  require(cudaGetLastError(), "filling");
}

void read_all(const void* source, size_t bytes, uint32_t* sink, int multiprocessors, cudaStream_t stream) {
  sum_words<<<unsigned(multiprocessors * 2), 1024, 0, stream>>>(static_cast<const uint4*>(source), bytes / 16, sink);
}

void add_differences(const uint16_t* a, const uint16_t* b, size_t count, double* sums, cudaStream_t stream) {
  sum_squares<<<grid_for(count), threads, 0, stream>>>(a, b, count, sums);
  require(cudaGetLastError(), "comparing");
}

double relative_difference(const Memory& a, const Memory& b, size_t count, cudaStream_t stream) {
  const Memory sums(2 * sizeof(double));
  require(cudaMemsetAsync(sums.as<void>(), 0, sums.bytes(), stream), "comparing");
  add_differences(a.as<uint16_t>(), b.as<uint16_t>(), count, sums.as<double>(), stream);
  double host[2];
  require(cudaMemcpyAsync(host, sums.as<void>(), sizeof host, cudaMemcpyDeviceToHost, stream), "comparing");
  require(cudaStreamSynchronize(stream), "comparing");
  return std::sqrt(host[1] / host[0]);
}

}  // namespace octet::bench
