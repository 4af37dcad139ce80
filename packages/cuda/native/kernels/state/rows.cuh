// Rows of a state by position: the row of position p lies at row p % physical_rows. How many positions there are is read from device
// memory when the kernel runs, so that a graph that runs again goes on where the last run ended.
#pragma once
#include "../layout.cuh"

namespace octet {

/** Where rows lie. A thread moves one unit of a row, of which there are `units` in a row and `stride_units` from row to row of the state. */
struct StateRows {
  int64_t count, units, stride_units, physical_rows;
};

/** The unit of a thread: its row and its place in the row; false past the end. */
__device__ __forceinline__ bool find_unit(const StateRows& shape, int64_t& row, int64_t& place) {
  const int64_t unit = int64_t(blockIdx.x) * step_threads + threadIdx.x;
  if (unit >= shape.count * shape.units) return false;
  row = unit / shape.units, place = unit % shape.units;
  return true;
}

/** Whether the bits are those of a NaN or an infinity. */
__device__ __forceinline__ bool is_infinite(DType dtype, uint32_t bits) {
  const uint32_t exponent = dtype == DType::float32 ? 0x7F800000u : dtype == DType::float16 ? 0x7C00u : 0x7F80u;
  return (bits & exponent) == exponent;
}

/** Reports what is not finite of the elements in a unit, the first of which has the flat index `index`. */
template <class Unit, class Element>
__device__ __forceinline__ void report_unit(const Unit& unit, DType dtype, int64_t index, Finding* finding) {
  if constexpr (sizeof(Unit) >= sizeof(Element)) {
    Element elements[sizeof(Unit) / sizeof(Element)];
    memcpy(elements, &unit, sizeof(Unit));
#pragma unroll
    for (int i = 0; i < int(sizeof(Unit) / sizeof(Element)); i++)
      if (is_infinite(dtype, elements[i])) report(finding, index + i);
  }
}

/** Writes the rows of x [count, units] to the positions after the length. `dtype` is that of floats, which must be finite, or below 0. */
template <class Unit>
__global__ void __launch_bounds__(step_threads)
    write_rows(const Unit* x, Unit* rows, const int32_t* length, StateRows shape, int32_t dtype, Finding* finding) {
  int64_t row, place;
  if (!find_unit(shape, row, place)) return;
  const Unit unit = x[row * shape.units + place];
  rows[(*length + row) % shape.physical_rows * shape.stride_units + place] = unit;
  if (dtype < 0) return;
  const int64_t byte = (row * shape.units + place) * int64_t(sizeof(Unit));
  if (DType(dtype) == DType::float32) report_unit<Unit, uint32_t>(unit, DType(dtype), byte / 4, finding);
  else report_unit<Unit, uint16_t>(unit, DType(dtype), byte / 2, finding);
}

/** The rows of the last positions, oldest first: y [count, units]. Those before position 0 are zeros. */
template <class Unit>
__global__ void __launch_bounds__(step_threads) read_rows(const Unit* rows, const int32_t* length, Unit* y, StateRows shape) {
  int64_t row, place;
  if (!find_unit(shape, row, place)) return;
  const int64_t position = *length - shape.count + row;
  y[row * shape.units + place] = position < 0 ? Unit{} : rows[position % shape.physical_rows * shape.stride_units + place];
}

/** y [count]: the positions after the length. */
static __global__ void __launch_bounds__(step_threads) next_positions(const int32_t* length, int32_t* y, int64_t count) {
  const int64_t index = int64_t(blockIdx.x) * step_threads + threadIdx.x;
  if (index < count) y[index] = *length + int32_t(index);
}

static __global__ void advance_length(int32_t* length, int32_t count) { *length += count; }

static __global__ void set_length(int32_t* length, int32_t value) { *length = value; }

}  // namespace octet
