// Which kernels quantize a tensor.
#pragma once
#include "../launch-support.cuh"
#include "quantize-rows.cuh"
#include "quantize-short-rows.cuh"
#include "quantize-steps.cuh"
#include "../slabs-launch.cuh"

namespace octet {

inline int64_t power_of_two_from(int64_t value) {
  int64_t power = 1;
  while (power < value) power *= 2;
  return power;
}

/** Rows that a block keeps in shared memory. */
template <class T, class Codes>
void quantize_kept_rows(const typename T::Storage* x, int64_t rows, int64_t columns, int64_t pitch, CodeRange range, Codes codes,
                        float* scales, Finding* finding, cudaStream_t stream) {
  const int64_t vectors = divide_up(columns, per_vector<T>);
  const int64_t lanes = vectors <= 32 ? power_of_two_from(vectors) : std::max<int64_t>(32, power_of_two_from(divide_up(vectors, row_vectors)));
  const int64_t together = std::max<int64_t>(1, 256 / lanes);
  const size_t shared_bytes = size_t(row_partial_bytes + together * vectors * 16);
  const int32_t length = int32_t(columns);
  OCTET_LAUNCH((quantize_rows<T, Codes>), dim3(blocks(rows, together)), dim3(unsigned(lanes), unsigned(together)), shared_bytes, stream, x,
               rows, length, pitch, range, codes, scales, finding);
}

/** Rows that a few lanes of a warp share. */
template <class T, class Codes>
void quantize_short(const typename T::Storage* x, int64_t rows, int64_t columns, CodeRange range, Codes codes, float* scales, Finding* finding,
                    cudaStream_t stream) {
  const int32_t lanes = int32_t(power_of_two_from(columns / lane_elements)), length = int32_t(columns);
  OCTET_LAUNCH((quantize_short_rows<T, Codes>), dim3(blocks(rows, lane_rows * short_threads / lanes)), dim3(short_threads), 0, stream, x, rows,
               length, lanes, range, codes, scales, finding);
}

inline void finish(float* scales, int64_t channels, CodeRange range, cudaStream_t stream) {
  const int32_t qmax = range.qmax;
  OCTET_LAUNCH(finish_scales, dim3(blocks(channels, step_threads)), dim3(step_threads), 0, stream, scales, channels, qmax);
}

/** Channels that are runs of `inner` elements, one after another. The codes of a channel start `pitch` places after those before. */
template <class T, class Codes>
void quantize_runs(const void* data, int64_t channels, int64_t inner, int64_t pitch, CodeRange range, Codes codes, float* scales,
                   Finding* finding, cudaStream_t stream) {
  if (channels == 0) return;
  const auto* x = static_cast<const typename T::Storage*>(data);
  if (inner > 0 && inner == pitch && inner <= longest_short_row && inner % lane_elements == 0)
    return quantize_short<T>(x, channels, inner, range, codes, scales, finding, stream);
  const bool many_rows = channels >= 64 || inner <= 4096;
  if (inner > 0 && inner <= longest_kept_row<T> && many_rows)
    return quantize_kept_rows<T>(x, channels, inner, pitch, range, codes, scales, finding, stream);
  auto* maxima = reinterpret_cast<uint32_t*>(scales);
  cudaMemsetAsync(maxima, 0, size_t(channels) * 4, stream);
  if (inner == 0) return finish(scales, channels, range, stream);
  const int64_t segments = divide_up(inner, int64_t(step_threads) * absmax_vectors * per_vector<T>);
  OCTET_LAUNCH(absmax_runs<T>, dim3(unsigned(channels * segments)), dim3(step_threads), step_threads / 8, stream, x, inner, segments, maxima,
               finding);
  finish(scales, channels, range, stream);
  const int64_t size = channels * inner, skew = pitch - inner;
  const Divisor places(inner);
  OCTET_LAUNCH((assign_runs<T, Codes>), dim3(blocks(size, int64_t(step_threads) * assign_vectors * per_vector<T>)), dim3(step_threads), 0,
               stream, x, size, places, skew, range, scales, codes);
}

/** Channels that come again (outer is more than 1, or 0). */
template <class T>
void quantize_columns(const void* data, ScaleLayout layout, CodeRange range, int8_t* target, float* scales, Finding* finding,
                      cudaStream_t stream) {
  if (layout.channels == 0) return;
  const auto* x = static_cast<const typename T::Storage*>(data);
  auto* maxima = reinterpret_cast<uint32_t*>(scales);
  cudaMemsetAsync(maxima, 0, size_t(layout.channels) * 4, stream);
  if (layout.outer * layout.inner == 0) return finish(scales, layout.channels, range, stream);
  const Divisor places(layout.inner);
  const SlabLaunch reading(layout, per_vector<T>, 32, 4), writing(layout, per_vector<T>, 256, 4);
  OCTET_LAUNCH(absmax_columns<T>, reading.grid, reading.block, size_t(step_threads) * per_vector<T> * 4, stream, x, reading.slabs, places,
               maxima, finding);
  finish(scales, layout.channels, range, stream);
  const ByteCodes codes{target};
  OCTET_LAUNCH(assign_columns<T>, writing.grid, writing.block, 0, stream, x, writing.slabs, places, range, scales, codes);
}

}  // namespace octet
