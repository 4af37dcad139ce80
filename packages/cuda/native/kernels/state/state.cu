#include "../launch-support.cuh"
#include "rows.cuh"

namespace octet {
namespace {

/** Calls `visit` with the largest unit that rows and strides are multiples of. */
template <class Visit>
void with_unit(int64_t row_bytes, int64_t stride, Visit visit) {
  const int64_t both = row_bytes | stride;
  if (both % 16 == 0) return visit(uint4{});
  if (both % 4 == 0) return visit(uint32_t{});
  if (both % 2 == 0) return visit(uint16_t{});
  visit(uint8_t{});
}

template <class Unit, class Call>
StateRows rows_of(const Call& call) {
  return {call.count, call.row_bytes / int64_t(sizeof(Unit)), call.stride / int64_t(sizeof(Unit)), call.physical_rows};
}

}  // namespace

void launch(const WriteRowsCall& call, const LaunchPlace& place) {
  if (call.count == 0) return;
  with_unit(call.row_bytes, call.stride, [&](auto unit) {
    using Unit = decltype(unit);
    const StateRows shape = rows_of<Unit>(call);
    const auto* x = static_cast<const Unit*>(call.x);
    auto* rows = static_cast<Unit*>(call.rows);
    const auto* length = static_cast<const int32_t*>(call.length);
    auto* finding = static_cast<Finding*>(call.finding);
    const int32_t dtype = call.dtype;
    OCTET_LAUNCH(write_rows<Unit>, dim3(blocks(shape.count * shape.units, step_threads)), dim3(step_threads), 0, place.stream, x, rows, length,
                 shape, dtype, finding);
  });
}

void launch(const ReadRowsCall& call, const LaunchPlace& place) {
  if (call.count == 0) return;
  with_unit(call.row_bytes, call.stride, [&](auto unit) {
    using Unit = decltype(unit);
    const StateRows shape = rows_of<Unit>(call);
    const auto* rows = static_cast<const Unit*>(call.rows);
    const auto* length = static_cast<const int32_t*>(call.length);
    auto* y = static_cast<Unit*>(call.y);
    OCTET_LAUNCH(read_rows<Unit>, dim3(blocks(shape.count * shape.units, step_threads)), dim3(step_threads), 0, place.stream, rows, length, y,
                 shape);
  });
}

void launch(const PositionsCall& call, const LaunchPlace& place) {
  if (call.count == 0) return;
  const auto* length = static_cast<const int32_t*>(call.length);
  auto* y = static_cast<int32_t*>(call.y);
  const int64_t count = call.count;
  OCTET_LAUNCH(next_positions, dim3(blocks(count, step_threads)), dim3(step_threads), 0, place.stream, length, y, count);
}

void launch(const AdvanceCall& call, const LaunchPlace& place) {
  auto* length = static_cast<int32_t*>(call.length);
  const int32_t count = call.count;
  OCTET_LAUNCH(advance_length, dim3(1), dim3(1), 0, place.stream, length, count);
}

void launch(const SetLengthCall& call, const LaunchPlace& place) {
  auto* length = static_cast<int32_t*>(call.length);
  const int32_t value = call.value;
  OCTET_LAUNCH(set_length, dim3(1), dim3(1), 0, place.stream, length, value);
}

}  // namespace octet
