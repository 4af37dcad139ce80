// Scales and codes of short rows, groups most of all: a few lanes share a row, and a thread has a part of two rows on its way.
#pragma once
#include "../vectors.cuh"

namespace octet {

constexpr int short_threads = 256;
/** Elements of a row that a lane minds, and rows that it minds. */
constexpr int lane_elements = 16, lane_rows = 2;
constexpr int longest_short_row = 32 * lane_elements;

/** `lanes` is a power of two, `columns` a multiple of 16 of at most lanes * 16. Each block takes lane_rows * short_threads / lanes rows. */
template <class T, class Codes>
__global__ void __launch_bounds__(short_threads)
    quantize_short_rows(const typename T::Storage* __restrict__ x,  // [rows, columns]
                        int64_t rows, int32_t columns, int32_t lanes, CodeRange range, Codes codes,
                        float* __restrict__ scales,  // [rows]
                        Finding* __restrict__ finding) {
  constexpr int width = per_vector<T>, vectors = lane_elements / width;
  const int together = short_threads / lanes, lane = int(threadIdx.x) % lanes, place = lane * lane_elements;
  const int64_t first = int64_t(blockIdx.x) * (together * lane_rows) + int(threadIdx.x) / lanes;
  Vector<T> own[lane_rows][vectors];
#pragma unroll
  for (int r = 0; r < lane_rows; r++) {
    const int64_t row = first + r * together;
    const bool there = row < rows && place < columns;
#pragma unroll
    for (int v = 0; v < vectors; v++) own[r][v] = load_vector<T>(x + row * columns + place + v * width, 0, there);
  }
  uint32_t largest[lane_rows];
#pragma unroll
  for (int r = 0; r < lane_rows; r++) {
    Magnitudes<T> found;
#pragma unroll
    for (int v = 0; v < vectors; v++) found.add(own[r][v]);
    largest[r] = found.largest();
    if (largest[r] >= infinite_magnitude) {
#pragma unroll
      for (int v = 0; v < vectors; v++) report_infinite(own[r][v], (first + r * together) * columns + place + v * width, finding);
    }
  }
  for (int distance = lanes / 2; distance > 0; distance /= 2)
#pragma unroll
    for (int r = 0; r < lane_rows; r++) largest[r] = max(largest[r], __shfl_xor_sync(0xFFFFFFFFu, largest[r], distance));
#pragma unroll
  for (int r = 0; r < lane_rows; r++) {
    const int64_t row = first + r * together;
    if (row >= rows || place >= columns) continue;
    const float scale = scale_of(__uint_as_float(largest[r]), range.qmax);
    if (lane == 0) scales[row] = scale;
    const CodeScales<1> by({scale}, range);
    int32_t values[lane_elements];
#pragma unroll
    for (int v = 0; v < vectors; v++) {
      int32_t some[width];
      by.codes_of(own[r][v], some);
#pragma unroll
      for (int i = 0; i < width; i++) values[v * width + i] = some[i];
    }
    codes.store(row * columns + place, values, lane_elements, true);
  }
}

}  // namespace octet
