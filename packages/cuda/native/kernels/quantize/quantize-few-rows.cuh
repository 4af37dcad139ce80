// Scales and codes of so few rows that several blocks share each: all of them look for its maximum, which is soon done and needs no
// meeting, and each gives the codes of its part.
#pragma once
#include "../vectors.cuh"

namespace octet {

constexpr int few_rows_threads = 512;
/** Vectors that a thread has on their way at once. */
constexpr int few_rows_vectors = 8;

/**
 * gridDim: (parts, rows). Code `c` of row `r` goes to place `r * pitch + c`. Waits for the kernel before it, which may write x after this
 * one has started: so x is not __restrict__.
 */
template <class T, class Codes>
__global__ void __launch_bounds__(few_rows_threads)
    quantize_few_rows(const typename T::Storage* x,  // [gridDim.y, columns]
                      int32_t columns, int64_t pitch, CodeRange range, Codes codes,
                      float* __restrict__ scales,  // [gridDim.y]
                      Finding* __restrict__ finding) {
  start_dependents();
  wait_for_dependencies();
  constexpr int width = per_vector<T>;
  const int64_t row = blockIdx.y, start = row * columns;
  const bool whole_loads = columns % width == 0, whole_stores = pitch % width == 0;
  const int vectors = (columns + width - 1) / width, part = (vectors + int(gridDim.x) - 1) / int(gridDim.x);
  const int first = int(blockIdx.x) * part, end = min(first + part, vectors);
  const auto load = [&](int v) { return load_vector<T>(x + start + int64_t(v) * width, columns - v * width, whole_loads); };

  Magnitudes<T> found;
  if (whole_loads) {
    for (int v = int(threadIdx.x); v < vectors; v += few_rows_threads * few_rows_vectors) {
      Vector<T> some[few_rows_vectors];
#pragma unroll
      for (int i = 0; i < few_rows_vectors; i++) {
        const int at = v + i * few_rows_threads;
        some[i] = at < vectors ? load_vector<T>(x + start + int64_t(at) * width, width, true) : Vector<T>{};
      }
#pragma unroll
      for (int i = 0; i < few_rows_vectors; i++) found.add(some[i]);
    }
  } else {
    for (int v = int(threadIdx.x); v < vectors; v += few_rows_threads) found.add(load(v));
  }
  const uint32_t largest = block_maximum<few_rows_threads>(found.largest());
  const float scale = scale_of(__uint_as_float(largest), range.qmax);
  if (threadIdx.x == 0 && blockIdx.x == 0) scales[row] = scale;
  for (int v = first + int(threadIdx.x); v < end; v += few_rows_threads) {
    const Vector<T> vector = load(v);
    const int32_t column = v * width, left = columns - column;
    if (largest >= infinite_magnitude) report_infinite(vector, start + column, finding);
    int32_t values[width];
    codes_of(vector, scale, range, values);
    codes.store(row * pitch + column, values, left, whole_stores && left >= width);
  }
}

}  // namespace octet
