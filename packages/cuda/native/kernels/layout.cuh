// Which element uses which scale, and how ops go through all elements.
//
// Where outer is 1, channels are runs of `inner` neighbours, and kernels go through all elements in order. Otherwise the same places of
// `channels * inner` come again in every outer step: a thread minds the places of one vector and follows them down through a slab.
#pragma once
#include "vectors.cuh"

namespace octet {

/** Element (o * channels + c) * inner + i uses scale c. */
struct ScaleLayout {
  int64_t outer, channels, inner;
};

/** Threads of a block in which each thread minds its own elements. */
constexpr int step_threads = 256;

/** Divides places below 2^63 by one number, without the hundred instructions of a division. */
struct Divisor {
  uint64_t divisor, reciprocal;
  explicit Divisor(int64_t number) : divisor(uint64_t(number)), reciprocal(~uint64_t(0) / uint64_t(number)) {}
  /** The reciprocal errs so little downwards that a quotient is at most one too small. */
  __device__ __forceinline__ int64_t divide(int64_t place, int64_t& rest) const {
    uint64_t quotient = __umul64hi(uint64_t(place), reciprocal), left = uint64_t(place) - quotient * divisor;
    if (left >= divisor) quotient++, left -= divisor;
    rest = int64_t(left);
    return int64_t(quotient);
  }
};

/** How blocks share [outer, across]: each takes blockDim.x vectors across and `depth` outer steps, of which blockDim.y at a time. */
struct Slabs {
  int64_t outer, across, depth;
  /** Blocks across. */
  uint32_t tiles;
};

/** The places of a thread of such a block. */
template <class T>
struct SlabPlaces {
  int64_t place, first, end;
  /** How many of a vector's places are there, and whether vectors start on 16 bytes. */
  int32_t count;
  bool whole;
  __device__ __forceinline__ explicit SlabPlaces(const Slabs& slabs) {
    constexpr int width = per_vector<T>;
    place = (int64_t(blockIdx.x % slabs.tiles) * blockDim.x + threadIdx.x) * width;
    const int64_t start = blockIdx.x / slabs.tiles * slabs.depth;
    first = start + threadIdx.y;
    end = min(start + slabs.depth, slabs.outer);
    count = int32_t(max(int64_t(0), min(int64_t(width), slabs.across - place)));
    whole = slabs.across % width == 0;
  }
  /** The scales of the places, each of which is shared by `inner` places. */
  __device__ __forceinline__ void load_scales(const float* scales, Divisor inner, float (&own)[per_vector<T>]) const {
#pragma unroll
    for (int i = 0; i < per_vector<T>; i++) {
      int64_t rest;
      own[i] = i < count ? scales[inner.divide(place + i, rest)] : 1.f;
    }
  }
};

}  // namespace octet
