// 16 bytes of a tensor at a time, where its address allows it.
#pragma once
#include "numbers.cuh"

/** Elements of type T in 16 bytes. */
template <class T>
constexpr int per_vector = int(16 / sizeof(typename T::Storage));

/** The elements of 16 bytes, in registers. */
template <class T>
struct Vector {
  typename T::Storage elements[per_vector<T>];
  __device__ __forceinline__ float operator[](int i) const { return T::widen(elements[i]); }
};

/** `count` elements from `source`, the rest zero. One load when `whole` says that all are there and the address is on 16 bytes. */
template <class T>
__device__ __forceinline__ Vector<T> load_vector(const typename T::Storage* source, int64_t count, bool whole) {
  Vector<T> vector;
  if (whole) {
    const uint4 words = __ldcs(reinterpret_cast<const uint4*>(source));
    memcpy(&vector, &words, 16);
  } else {
#pragma unroll
    for (int i = 0; i < per_vector<T>; i++) vector.elements[i] = i < count ? source[i] : typename T::Storage(0);
  }
  return vector;
}

/** int8 codes that are stored together: 4 or 8 bytes. */
template <int COUNT>
__device__ __forceinline__ void store_codes(int8_t* target, const int8_t (&codes)[COUNT], int64_t count, bool whole) {
  static_assert(COUNT == 4 || COUNT == 8, "the codes of 16 bytes of floats");
  if (whole) {
    if constexpr (COUNT == 8) {
      uint2 words;
      memcpy(&words, codes, 8);
      *reinterpret_cast<uint2*>(target) = words;
    } else {
      uint32_t word;
      memcpy(&word, codes, 4);
      *reinterpret_cast<uint32_t*>(target) = word;
    }
  } else {
#pragma unroll
    for (int i = 0; i < COUNT; i++)
      if (i < count) target[i] = codes[i];
  }
}

/** Where codes of one byte go. */
struct ByteCodes {
  int8_t* codes;
  template <int COUNT>
  __device__ __forceinline__ void store(int64_t offset, const int32_t (&values)[COUNT], int64_t count, bool whole) const {
    int8_t bytes[COUNT];
#pragma unroll
    for (int i = 0; i < COUNT; i++) bytes[i] = int8_t(values[i]);
    store_codes(codes + offset, bytes, count, whole);
  }
};

/** Where codes of activations of 16 bits go: code = 256 * high + low, both signed bytes, in planes of their own. */
struct SplitCodes {
  int8_t *high, *low;
  template <int COUNT>
  __device__ __forceinline__ void store(int64_t offset, const int32_t (&values)[COUNT], int64_t count, bool whole) const {
    int8_t highs[COUNT], lows[COUNT];
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
      const int32_t upper = (values[i] + 128) >> 8;
      highs[i] = int8_t(upper);
      lows[i] = int8_t(values[i] - 256 * upper);
    }
    store_codes(high + offset, highs, count, whole);
    store_codes(low + offset, lows, count, whole);
  }
};
