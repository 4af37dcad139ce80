// What CUDA C++ gives a kernel, on the host: keywords, built-in variables, intrinsics. Included before a kernel, in place of CUDA's
// headers. Arithmetic is that of IEEE 754, as with the _rn intrinsics; this file must be compiled without contraction.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <deque>

#include "block.h"
#include "vector_types.h"

#define OCTET_EMULATED 1
#define __global__
#define __device__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __restrict__ __restrict
#define threadIdx (emulator::active->current->index)
#define blockIdx (emulator::active->index)
#define blockDim (emulator::active->block)
#define gridDim (emulator::active->grid)
#define __syncthreads() emulator::barrier(__LINE__)

inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmaf_rn(float a, float b, float c) { return std::fma(a, b, c); }
inline float __int2float_rn(int value) { return float(value); }
inline float __ll2float_rn(long long value) { return float(value); }
inline float __uint_as_float(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}
inline uint32_t __float_as_uint(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}
inline int __float2int_rn(float value) {
  if (value != value) return 0;
  if (value >= 2147483648.f) return INT32_MAX;
  if (value < -2147483648.f) return INT32_MIN;
  return int(std::nearbyint(value));
}
inline uint32_t __byte_perm(uint32_t x, uint32_t y, uint32_t selector) {
  const uint64_t both = uint64_t(y) << 32 | x;
  uint32_t result = 0;
  for (int i = 0; i < 4; i++) result |= uint32_t(both >> 8 * (selector >> 4 * i & 7) & 0xFF) << 8 * i;
  return result;
}
inline uint32_t __vmaxu2(uint32_t a, uint32_t b) {
  return std::max(a & 0xFFFFu, b & 0xFFFFu) | std::max(a & 0xFFFF0000u, b & 0xFFFF0000u);
}
inline uint64_t __umul64hi(uint64_t a, uint64_t b) { return uint64_t((unsigned __int128)(a)*b >> 64); }
template <class T>
T __ldg(const T* address) {
  return *address;
}
template <class T>
T __ldcs(const T* address) {
  return *address;
}
inline uint32_t atomicMax(uint32_t* address, uint32_t value) {
  const uint32_t old = *address;
  *address = std::max(old, value);
  return old;
}
inline unsigned long long atomicMax(unsigned long long* address, unsigned long long value) {
  const unsigned long long old = *address;
  *address = std::max(old, value);
  return old;
}
inline unsigned long long atomicAdd(unsigned long long* address, unsigned long long value) {
  const unsigned long long old = *address;
  *address += value;
  return old;
}
using std::max;
using std::min;

namespace emulator {

template <class T>
struct Exchange {
  T given, taken;
  int source;
};

template <class T>
T shuffle(uint32_t mask, T value, int source) {
  Exchange<T> exchange{value, value, source};
  warp_operation(mask, "shuffle", &exchange, [](void** lanes) {
    for (int l = 0; l < 32; l++) {
      auto* self = static_cast<Exchange<T>*>(lanes[l]);
      if (self == nullptr) continue;
      auto* from = static_cast<Exchange<T>*>(lanes[self->source]);
      if (from == nullptr) fail("a shuffle reads a lane outside of its mask");
      self->taken = from->given;
    }
  });
  return exchange.taken;
}

}  // namespace emulator

template <class T>
T __shfl_xor_sync(uint32_t mask, T value, int distance) {
  return emulator::shuffle(mask, value, emulator::lane() ^ distance);
}
inline void __syncwarp(uint32_t mask = ~0u) {
  int nothing = 0;
  emulator::warp_operation(mask, "__syncwarp", &nothing, [](void**) {});
}
