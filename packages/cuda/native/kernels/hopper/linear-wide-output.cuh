// How `linear_wide` finishes sums: those of parts are added in order, then come scales, bias and rounding. A warpgroup turns a run of 32
// tokens by 64 columns around in shared memory, so that neighbours in y are written together. One copy of short code: a tile is finished
// once, and instructions that are not in the cache are slow to come.
#pragma once
#include "bulk-copies.cuh"
#include "linear-wide-tiles.cuh"

namespace octet {

/** What a warpgroup finishes a tile with. */
template <class Tiles>
struct WideFinish {
  LinearShape shape;
  const LinearOutput& out;
  /** First token, and first column of y of this warpgroup. */
  int64_t token, column;
  /** The warpgroup's own shared memory, and its number. */
  float* own;
  int warpgroup;

  __device__ __forceinline__ void sync() const { asm volatile("bar.sync %0, 128;" ::"r"(warpgroup + 2) : "memory"); }

  /** Fetches scales and biases, long before they are needed. What has none is multiplied by 1, and -0 is added to it. */
  __device__ __forceinline__ void fetch() const {
    const int thread = int(threadIdx.x) % 128;
    float* scales = own + Tiles::scales_at;
    // All are done with those of the last tile.
    sync();
    for (int i = thread; i < Tiles::group_rows; i += 128) {
      const int64_t place = min(column + i, shape.n - 1);
      scales[i] = out.scales != nullptr ? out.scales[place * out.scale_stride] : 1.f;
      scales[Tiles::group_rows + i] = out.bias != nullptr ? load_float(out.bias, out.bias_dtype, place) : -0.f;
    }
    for (int i = thread; i < Tiles::tokens; i += 128)
      scales[2 * Tiles::group_rows + i] = out.row_scales != nullptr ? out.row_scales[min(token + i, shape.m - 1)] : 1.f;
  }

  /** Eight neighbours of a row of y. */
  __device__ __forceinline__ void store_eight(int64_t row, int64_t first, const float (&values)[8]) const {
    const int64_t place = row * shape.n + first;
    if (first + 8 > shape.n || shape.n % 8 != 0) {
#pragma unroll
      for (int i = 0; i < 8; i++)
        if (first + i < shape.n) store_float(out.y, out.dtype, place + i, values[i]);
    } else if (out.dtype == DType::float32) {
      float4* target = reinterpret_cast<float4*>(static_cast<float*>(out.y) + place);
      target[0] = float4{values[0], values[1], values[2], values[3]};
      target[1] = float4{values[4], values[5], values[6], values[7]};
    } else {
      uint32_t words[4];
      const bool half = out.dtype == DType::float16;
#pragma unroll
      for (int i = 0; i < 4; i++)
        words[i] = half ? float_to_half(values[2 * i]) | uint32_t(float_to_half(values[2 * i + 1])) << 16
                        : float_to_bfloat16(values[2 * i]) | uint32_t(float_to_bfloat16(values[2 * i + 1])) << 16;
      *reinterpret_cast<uint4*>(static_cast<uint16_t*>(out.y) + place) = uint4{words[0], words[1], words[2], words[3]};
    }
  }

  /** 32 tokens from `run` by the 64 columns of `tile`: 16 sums per lane, in the order of warpgroups.cuh. */
  __device__ __forceinline__ void store_run(int tile, int run, const float (&sums)[16]) const {
    const int thread = int(threadIdx.x) % 128, lane = thread % 32;
    float* target = own + lane % 4 * 2 * wide_staging_pitch + thread / 32 * 16 + lane / 4;
    sync();
#pragma unroll
    for (int i = 0; i < 16; i++) target[(i / 4 * 8 + i % 2) * wide_staging_pitch + i / 2 % 2 * 8] = sums[i];
    sync();
    const float* scales = own + Tiles::scales_at + tile * 64 + thread % 8 * 8;
    const int64_t first = column + tile * 64 + thread % 8 * 8;
#pragma unroll 1
    for (int place = thread / 8; place < wide_run; place += 16) {
      const int64_t row = token + run + place;
      if (row >= shape.m || first >= shape.n) break;
      const float row_scale = own[Tiles::scales_at + 2 * Tiles::group_rows + run + place];
      float values[8];
#pragma unroll
      for (int i = 0; i < 8; i += 4) {
        const float4 sum = *reinterpret_cast<const float4*>(own + place * wide_staging_pitch + thread % 8 * 8 + i);
        const float4 scale = *reinterpret_cast<const float4*>(scales + i), bias = *reinterpret_cast<const float4*>(scales + Tiles::group_rows + i);
        values[i] = __fadd_rn(__fmul_rn(__fmul_rn(sum.x, row_scale), scale.x), bias.x);
        values[i + 1] = __fadd_rn(__fmul_rn(__fmul_rn(sum.y, row_scale), scale.y), bias.y);
        values[i + 2] = __fadd_rn(__fmul_rn(__fmul_rn(sum.z, row_scale), scale.z), bias.z);
        values[i + 3] = __fadd_rn(__fmul_rn(__fmul_rn(sum.w, row_scale), scale.w), bias.w);
      }
      store_eight(row, first, values);
    }
  }
};

/** Stores a tile whose sums are whole. */
template <class Tiles>
__device__ __forceinline__ void store_sums(const WideFinish<Tiles>& finish, typename Tiles::Sum (&sums)[Tiles::m_tiles][Tiles::sums]) {
  constexpr int planes = Tiles::Kind::planes, plane_sums = Tiles::sums / planes;
#pragma unroll
  for (int tile = 0; tile < Tiles::m_tiles; tile++)
#pragma unroll
    for (int run = 0; run < Tiles::tokens; run += wide_run) {
      float values[16];
#pragma unroll
      for (int i = 0; i < 16; i++) {
        typename Tiles::Sum totals[planes];
#pragma unroll
        for (int plane = 0; plane < planes; plane++) totals[plane] = sums[tile][plane * plane_sums + run / 2 + i];
        values[i] = sum_to_float(totals);
      }
      if (finish.token + run < finish.shape.m) finish.store_run(tile, run, values);
    }
}

/** Stores this warpgroup's share of a tile that the warpgroups of `parts` blocks have sums of. `start`: the address of `shared`. */
template <class Tiles>
__device__ __forceinline__ void store_parts(const WideFinish<Tiles>& finish, typename Tiles::Sum (&sums)[Tiles::m_tiles][Tiles::sums],
                                            uint8_t* shared, uint32_t start, int parts, int part) {
  using Sum = typename Tiles::Sum;
  constexpr int planes = Tiles::Kind::planes, runs = Tiles::tokens / wide_run, group_threads = 128 * Tiles::row_groups;
  // Every warp is done with the stages before sums take their place: [warpgroup along K][tile][plane][octet of tokens][thread][4].
  asm volatile("bar.sync 1, %0;" ::"n"(Tiles::multipliers) : "memory");
  const int k_group = int(threadIdx.x) / group_threads, thread = int(threadIdx.x) % group_threads;
  uint4* mine = reinterpret_cast<uint4*>(shared) + k_group * Tiles::m_tiles * (Tiles::sums / 4) * group_threads + thread;
#pragma unroll
  for (int tile = 0; tile < Tiles::m_tiles; tile++)
#pragma unroll
    for (int i = 0; i < Tiles::sums; i += 4) {
      uint4 words;
      memcpy(&words, &sums[tile][i], 16);
      mine[(tile * Tiles::sums + i) / 4 * group_threads] = words;
    }
  if (parts > 1) cluster_sync();
  else asm volatile("bar.sync 1, %0;" ::"n"(Tiles::multipliers) : "memory");
#pragma unroll 1
  for (int index = part * Tiles::k_groups + k_group; index < Tiles::m_tiles * runs; index += parts * Tiles::k_groups) {
    const int tile = index / runs, run = index % runs * wide_run;
    if (finish.token + run >= finish.shape.m) continue;
    Sum totals[16][planes] = {};
#pragma unroll 1
    for (int other = 0; other < parts * Tiles::k_groups; other++)
#pragma unroll
      for (int plane = 0; plane < planes; plane++)
#pragma unroll
        for (int octet = 0; octet < 4; octet++) {
          const int place = (other % Tiles::k_groups * Tiles::m_tiles * Tiles::sums + tile * Tiles::sums + plane * (Tiles::sums / planes)) / 4 + run / 8 + octet;
          const uint4 words = load_from_block(start + (place * group_threads + thread) * 16, uint32_t(other / Tiles::k_groups));
          Sum theirs[4];
          memcpy(theirs, &words, 16);
#pragma unroll
          for (int i = 0; i < 4; i++) totals[octet * 4 + i][plane] += theirs[i];
        }
    float values[16];
#pragma unroll
    for (int i = 0; i < 16; i++) values[i] = sum_to_float(totals[i]);
    finish.store_run(tile, run, values);
  }
}

}  // namespace octet
