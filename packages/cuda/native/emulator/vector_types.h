// The built-in types of CUDA that the kernels and their callers use.
#pragma once
#include <cstdint>

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

struct alignas(16) uint4 {
  uint32_t x, y, z, w;
};

struct alignas(8) uint2 {
  uint32_t x, y;
};
