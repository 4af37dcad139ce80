// Which kernels quantize a tensor.
#pragma once
#include "launch-support.cuh"
#include "quantize-rows.cuh"
#include "quantize-steps.cuh"

namespace octet {

inline int64_t power_of_two_from(int64_t value) {
  int64_t power = 1;
  while (power < value) power *= 2;
  return power;
}

/** Rows that a block keeps in shared memory. */
template <class T, class Codes>
void quantize_kept_rows(const typename T::Storage* x, int64_t rows, int64_t columns, int64_t pitch, CodeRange range, Codes codes,
                        float* scales, Fault* fault, cudaStream_t stream) {
  const int64_t vectors = divide_up(columns, per_vector<T>);
  const int64_t lanes = vectors <= 32 ? power_of_two_from(vectors) : std::max<int64_t>(32, power_of_two_from(divide_up(vectors, row_vectors)));
  const int64_t together = std::max<int64_t>(1, 256 / lanes);
  const size_t shared_bytes = size_t(row_partial_bytes + together * vectors * 16);
  const int32_t length = int32_t(columns);
  OCTET_LAUNCH((quantize_rows<T, Codes>), dim3(blocks(rows, together)), dim3(unsigned(lanes), unsigned(together)), shared_bytes, stream, x,
               rows, length, pitch, range, codes, scales, fault);
}

/** Any layout. With outer = 1 the codes of a channel may start `pitch` places apart instead of `inner`. */
template <class T, class Codes>
void quantize_any(const void* data, ScaleLayout layout, int64_t pitch, CodeRange range, Codes codes, float* scales, void* fault_data,
                  cudaStream_t stream) {
  const auto* x = static_cast<const typename T::Storage*>(data);
  auto* fault = static_cast<Fault*>(fault_data);
  const int64_t size = layout.outer * layout.channels * layout.inner;
  if (layout.channels == 0) return;
  const bool many_rows = layout.channels >= 64 || layout.inner <= 4096;
  if (layout.outer == 1 && layout.inner > 0 && layout.inner <= longest_kept_row<T> && many_rows)
    return quantize_kept_rows<T>(x, layout.channels, layout.inner, pitch, range, codes, scales, fault, stream);

  auto* maxima = reinterpret_cast<uint32_t*>(scales);
  cudaMemsetAsync(maxima, 0, size_t(layout.channels) * 4, stream);
  if (size > 0 && layout.outer == 1) {
    const int64_t inner = layout.inner, segments = divide_up(inner, int64_t(step_threads) * run_vectors * per_vector<T>);
    OCTET_LAUNCH(absmax_runs<T>, dim3(unsigned(layout.channels * segments)), dim3(step_threads), 0, stream, x, inner, segments, maxima,
                 fault);
  } else if (size > 0) {
    const int64_t tiles = divide_up(layout.channels * layout.inner, step_threads);
    const int64_t slabs = std::max<int64_t>(1, std::min<int64_t>(divide_up(layout.outer, 16), divide_up(2048, tiles)));
    const int64_t depth = divide_up(layout.outer, slabs);
    OCTET_LAUNCH(absmax_columns<T>, dim3(unsigned(tiles * divide_up(layout.outer, depth))), dim3(step_threads), 0, stream, x, layout, depth,
                 maxima, fault);
  }
  const int64_t channels = layout.channels;
  const int32_t qmax = range.qmax;
  OCTET_LAUNCH(finish_scales, dim3(blocks(channels, step_threads)), dim3(step_threads), 0, stream, scales, channels, qmax);
  if (size == 0) return;
  const int64_t skew = pitch - layout.inner;
  OCTET_LAUNCH((assign_codes<T, Codes>), dim3(blocks(size, int64_t(step_threads) * per_vector<T>)), dim3(step_threads), 0, stream, x,
               layout, skew, range, scales, codes);
}

}  // namespace octet
