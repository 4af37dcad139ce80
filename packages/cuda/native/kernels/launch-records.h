// What launches take, as src/launches.ts declares it; scripts/write-launch-records.ts writes this file.
//
// TypeScript fills in records of this layout. In place of an address it writes an offset into memory, which the addon turns into an
// address: the first fields of a record are its memories, in the order in which they are handed over.
#pragma once
#include <cstddef>
#include <cstdint>

namespace octet {

struct QuantizeCall {
  static constexpr const char* name = "quantize";
  static constexpr size_t memory_count = 4;
  static constexpr const char* memory_names[] = {"x", "codes", "scales", "finding"};
  void* x;
  void* codes;
  void* scales;
  void* finding;
  int64_t outer;
  int64_t channels;
  int64_t inner;
  int32_t dtype;
  int32_t qmax;
  int32_t lowest;
};
static_assert(sizeof(QuantizeCall) == 72 && offsetof(QuantizeCall, lowest) == 64, "as TypeScript writes it");

struct DequantizeCall {
  static constexpr const char* name = "dequantize";
  static constexpr size_t memory_count = 3;
  static constexpr const char* memory_names[] = {"codes", "scales", "y"};
  void* codes;
  void* scales;
  void* y;
  int64_t outer;
  int64_t channels;
  int64_t inner;
  int32_t dtype;
};
static_assert(sizeof(DequantizeCall) == 56 && offsetof(DequantizeCall, dtype) == 48, "as TypeScript writes it");

struct ActivationCall {
  static constexpr const char* name = "activation";
  static constexpr size_t memory_count = 2;
  static constexpr const char* memory_names[] = {"x", "y"};
  void* x;
  void* y;
  int64_t size;
  int32_t dtype;
  int32_t kind;
};
static_assert(sizeof(ActivationCall) == 32 && offsetof(ActivationCall, kind) == 28, "as TypeScript writes it");

struct QuantizeRowsCall {
  static constexpr const char* name = "quantizeRows";
  static constexpr size_t memory_count = 4;
  static constexpr const char* memory_names[] = {"x", "codes", "scales", "finding"};
  void* x;
  void* codes;
  void* scales;
  void* finding;
  int64_t rows;
  int64_t columns;
  int64_t pitch;
  int32_t dtype;
  int32_t bits;
};
static_assert(sizeof(QuantizeRowsCall) == 64 && offsetof(QuantizeRowsCall, bits) == 60, "as TypeScript writes it");

struct LinearCall {
  static constexpr const char* name = "linear";
  static constexpr size_t memory_count = 7;
  static constexpr const char* memory_names[] = {"x", "rowScales", "weight", "scales", "bias", "y", "finding"};
  void* x;
  void* row_scales;
  void* weight;
  void* scales;
  void* bias;
  void* y;
  void* finding;
  int64_t m;
  int64_t n;
  int64_t k;
  int64_t scale_count;
  int64_t group;
  int64_t pitch;
  int32_t x_dtype;
  int32_t weight_dtype;
  int32_t bias_dtype;
  int32_t dtype;
  int32_t activation_bits;
};
static_assert(sizeof(LinearCall) == 128 && offsetof(LinearCall, activation_bits) == 120, "as TypeScript writes it");

struct WriteRowsCall {
  static constexpr const char* name = "writeRows";
  static constexpr size_t memory_count = 4;
  static constexpr const char* memory_names[] = {"x", "rows", "length", "finding"};
  void* x;
  void* rows;
  void* length;
  void* finding;
  int64_t count;
  int64_t row_bytes;
  int64_t stride;
  int64_t physical_rows;
  int32_t dtype;
};
static_assert(sizeof(WriteRowsCall) == 72 && offsetof(WriteRowsCall, dtype) == 64, "as TypeScript writes it");

struct ReadRowsCall {
  static constexpr const char* name = "readRows";
  static constexpr size_t memory_count = 3;
  static constexpr const char* memory_names[] = {"rows", "length", "y"};
  void* rows;
  void* length;
  void* y;
  int64_t count;
  int64_t row_bytes;
  int64_t stride;
  int64_t physical_rows;
};
static_assert(sizeof(ReadRowsCall) == 56 && offsetof(ReadRowsCall, physical_rows) == 48, "as TypeScript writes it");

struct PositionsCall {
  static constexpr const char* name = "positions";
  static constexpr size_t memory_count = 2;
  static constexpr const char* memory_names[] = {"length", "y"};
  void* length;
  void* y;
  int64_t count;
};
static_assert(sizeof(PositionsCall) == 24 && offsetof(PositionsCall, count) == 16, "as TypeScript writes it");

struct AdvanceCall {
  static constexpr const char* name = "advance";
  static constexpr size_t memory_count = 1;
  static constexpr const char* memory_names[] = {"length"};
  void* length;
  int32_t count;
};
static_assert(sizeof(AdvanceCall) == 16 && offsetof(AdvanceCall, count) == 8, "as TypeScript writes it");

struct SetLengthCall {
  static constexpr const char* name = "setLength";
  static constexpr size_t memory_count = 1;
  static constexpr const char* memory_names[] = {"length"};
  void* length;
  int32_t value;
};
static_assert(sizeof(SetLengthCall) == 16 && offsetof(SetLengthCall, value) == 8, "as TypeScript writes it");

struct FirstFindingCall {
  static constexpr const char* name = "firstFinding";
  static constexpr size_t memory_count = 2;
  static constexpr const char* memory_names[] = {"records", "first"};
  void* records;
  void* first;
  int64_t count;
};
static_assert(sizeof(FirstFindingCall) == 24 && offsetof(FirstFindingCall, count) == 16, "as TypeScript writes it");

/** Every launch with its number. */
#define OCTET_EACH_LAUNCH(VISIT) \
  VISIT(0, QuantizeCall) \
  VISIT(1, DequantizeCall) \
  VISIT(2, ActivationCall) \
  VISIT(3, QuantizeRowsCall) \
  VISIT(4, LinearCall) \
  VISIT(5, WriteRowsCall) \
  VISIT(6, ReadRowsCall) \
  VISIT(7, PositionsCall) \
  VISIT(8, AdvanceCall) \
  VISIT(9, SetLengthCall) \
  VISIT(10, FirstFindingCall)

}  // namespace octet
