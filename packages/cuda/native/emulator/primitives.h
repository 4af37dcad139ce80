// The primitives of kernels/primitives.cuh on the host.
#pragma once
#include "device.h"

namespace octet {

template <class T>
T* shared_memory() {
  return reinterpret_cast<T*>(emulator::active->shared);
}

inline float half_to_float(uint16_t bits) {
  const uint32_t sign = uint32_t(bits & 0x8000) << 16, exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent == 31) return __uint_as_float(sign | 0x7F800000 | fraction << 13);
  if (exponent != 0) return __uint_as_float(sign | (exponent + 112) << 23 | fraction << 13);
  const float magnitude = float(fraction) * 0x1p-24f;
  return sign != 0 ? -magnitude : magnitude;
}

inline uint16_t float_to_half(float value) {
  const uint32_t bits = __float_as_uint(value), magnitude = bits & 0x7FFFFFFF;
  const uint16_t sign = uint16_t(bits >> 16 & 0x8000);
  if (magnitude > 0x7F800000) return uint16_t(0x7FFF);
  if (magnitude >= 0x477FF000) return uint16_t(sign | 0x7C00);
  // Adding 0.5 leaves 2^-24 as the lowest place, so that the addition rounds to a subnormal.
  if (magnitude < 0x38800000) return uint16_t(sign | (__float_as_uint(__uint_as_float(magnitude) + 0.5f) - 0x3F000000));
  return uint16_t(sign | (magnitude - 0x38000000 + 0xFFF + (magnitude >> 13 & 1)) >> 13);
}

inline uint16_t float_to_bfloat16(float value) {
  const uint32_t bits = __float_as_uint(value);
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return uint16_t(0x7FFF);
  return uint16_t((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

inline uint32_t subtract_f16x2(uint32_t a, uint32_t b) {
  const auto difference = [](uint32_t x, uint32_t y) { return float_to_half(half_to_float(uint16_t(x)) - half_to_float(uint16_t(y))); };
  return difference(a & 0xFFFF, b & 0xFFFF) | uint32_t(difference(a >> 16, b >> 16)) << 16;
}

}  // namespace octet

namespace emulator {

template <class D>
struct MmaLane {
  D* d;
  const uint32_t *a, *b;
};

/** D += A * B over a warp. A word holds PER_WORD elements; `element` takes one out of a word. */
template <class D, int PER_WORD, class Element>
void multiply(void** lanes, Element element) {
  constexpr int k_extent = 8 * PER_WORD;
  D a[16][k_extent], b[k_extent][8];
  for (int lane = 0; lane < 32; lane++) {
    const auto* words = static_cast<MmaLane<D>*>(lanes[lane]);
    if (words == nullptr) fail("mma needs all lanes of a warp");
    const int group = lane / 4, t = lane % 4;
    for (int i = 0; i < PER_WORD; i++) {
      for (int word = 0; word < 4; word++)
        a[group + 8 * (word & 1)][t * PER_WORD + i + 4 * PER_WORD * (word >> 1)] = element(words->a[word], i);
      for (int word = 0; word < 2; word++) b[t * PER_WORD + i + 4 * PER_WORD * word][group] = element(words->b[word], i);
    }
  }
  for (int lane = 0; lane < 32; lane++) {
    auto* d = static_cast<MmaLane<D>*>(lanes[lane])->d;
    for (int r = 0; r < 4; r++) {
      const int row = lane / 4 + 8 * (r >> 1), column = lane % 4 * 2 + (r & 1);
      for (int k = 0; k < k_extent; k++) d[r] += a[row][k] * b[k][column];
    }
  }
}

}  // namespace emulator

namespace octet {

inline void mma_f16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  emulator::MmaLane<float> lane{d, a, b};
  emulator::warp_operation(~0u, "mma f16", &lane, [](void** lanes) {
    emulator::multiply<float, 2>(lanes, [](uint32_t word, int i) { return half_to_float(uint16_t(word >> 16 * i)); });
  });
}

inline void mma_bf16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  emulator::MmaLane<float> lane{d, a, b};
  emulator::warp_operation(~0u, "mma bf16", &lane, [](void** lanes) {
    emulator::multiply<float, 2>(lanes, [](uint32_t word, int i) { return __uint_as_float(word >> 16 * i << 16); });
  });
}

inline void mma_s8(int32_t (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  emulator::MmaLane<int32_t> lane{d, a, b};
  emulator::warp_operation(~0u, "mma s8", &lane, [](void** lanes) {
    emulator::multiply<int32_t, 4>(lanes, [](uint32_t word, int i) { return int32_t(int8_t(word >> 8 * i)); });
  });
}

}  // namespace octet

namespace emulator {
inline void land(const PendingCopy& copy) {
  memcpy(copy.target, copy.source, copy.bytes);
  memset(static_cast<char*>(copy.target) + copy.bytes, 0, 16 - copy.bytes);
}
}  // namespace emulator

namespace octet {

inline void copy_async(void* shared, const void* global, uint32_t valid) {
  const auto target = reinterpret_cast<uintptr_t>(shared);
  if ((target | (valid != 0 ? reinterpret_cast<uintptr_t>(global) : 0)) & 15) emulator::fail("an asynchronous copy not on 16 bytes");
  if (valid > 16) emulator::fail("an asynchronous copy of more than 16 bytes");
  emulator::Thread& thread = *emulator::active->current;
  const emulator::PendingCopy copy{shared, global, valid, thread.copy_group};
  if (emulator::settings().early_copies) emulator::land(copy);
  else thread.copies.push_back(copy);
}
inline void copy_async_line(void* shared, const void* global, uint32_t valid) { copy_async(shared, global, valid); }
inline void copy_async_commit() { emulator::active->current->copy_group++; }
template <int PENDING>
void copy_async_wait() {
  emulator::Thread& thread = *emulator::active->current;
  size_t landed = 0;
  while (landed < thread.copies.size() && thread.copies[landed].group + PENDING < thread.copy_group)
    emulator::land(thread.copies[landed++]);
  thread.copies.erase(thread.copies.begin(), thread.copies.begin() + ptrdiff_t(landed));
}

/** Kernels run one after another here. */
inline void start_dependents() {}
inline void wait_for_dependencies() {}

}  // namespace octet
