// 16 bytes of a tensor at a time, where its address allows it.
#pragma once
#include "numbers.cuh"

namespace octet {

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

/** The largest magnitudes at each place of many vectors. Those of 16 bits are compared in pairs. */
template <class T>
class Magnitudes {
 public:
  __device__ __forceinline__ void add(const Vector<T>& vector) {
    uint32_t words[4];
    memcpy(words, vector.elements, 16);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      if constexpr (per_vector<T> == 4) found_[i] = max(found_[i], words[i] & 0x7FFFFFFFu);
      else found_[i] = __vmaxu2(found_[i], words[i] & 0x7FFF7FFFu);
    }
  }
  /** At one place, as that of a float32. */
  __device__ __forceinline__ uint32_t at(int place) const {
    if constexpr (per_vector<T> == 4) return found_[place];
    else return widen_magnitude<T>(found_[place / 2] >> 16 * (place % 2) & 0xFFFFu);
  }
  __device__ __forceinline__ uint32_t largest() const {
    Magnitudes all = *this;
#pragma unroll
    for (int i = 1; i < 4; i++) {
      if constexpr (per_vector<T> == 4) all.found_[0] = max(all.found_[0], found_[i]);
      else all.found_[0] = __vmaxu2(all.found_[0], found_[i]);
    }
    if constexpr (per_vector<T> == 4) return all.at(0);
    else return max(all.at(0), all.at(1));
  }

 private:
  uint32_t found_[4] = {};
};

/** Reports what cannot be quantized of elements `index` and following. */
template <class T>
__device__ __forceinline__ void report_infinite(const Vector<T>& vector, int64_t index, Finding* finding) {
#pragma unroll
  for (int i = 0; i < per_vector<T>; i++)
    if (magnitude_of(vector[i]) >= infinite_magnitude) report(finding, index + i);
}

/** The largest of the values of a block of THREADS, in every thread; takes THREADS / 8 bytes of shared memory, once. */
template <int THREADS>
__device__ __forceinline__ uint32_t block_maximum(uint32_t value) {
  auto* partial = shared_memory<uint32_t>();
  for (int distance = 16; distance > 0; distance /= 2) value = max(value, __shfl_xor_sync(0xFFFFFFFFu, value, distance));
  if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = value;
  __syncthreads();
#pragma unroll
  for (int warp = 0; warp < THREADS / 32; warp++) value = max(value, partial[warp]);
  return value;
}

/** int8 codes that are stored together: 4, 8 or 16 bytes. */
template <int COUNT>
__device__ __forceinline__ void store_codes(int8_t* target, const int8_t (&codes)[COUNT], int64_t count, bool whole) {
  static_assert(COUNT == 4 || COUNT == 8 || COUNT == 16, "the codes of 16 or 32 bytes of floats");
  if (whole) {
    if constexpr (COUNT == 16) {
      uint4 words;
      memcpy(&words, codes, 16);
      *reinterpret_cast<uint4*>(target) = words;
    } else if constexpr (COUNT == 8) {
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

}  // namespace octet
