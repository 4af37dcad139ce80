// The launches of a device: sizes that a record tells are held against its memories before a kernel sees a pointer.
#include "device.h"
#include "launch-arguments.h"

namespace octet {
namespace {

constexpr int32_t last_float_dtype = 2, last_dtype = 3;

/** Bytes of an element: core's floatDTypes, then int8. */
int64_t element_bytes(int32_t dtype) { return dtype == 0 ? 4 : dtype == last_dtype ? 1 : 2; }

void check(const LaunchArguments<QuantizeCall>& arguments) {
  const QuantizeCall& call = arguments.call;
  arguments.require_range(&QuantizeCall::dtype, 0, last_float_dtype, "dtype");
  const uint64_t size = product(call.outer, call.channels, call.inner);
  arguments.require(&QuantizeCall::x, product(size, element_bytes(call.dtype)));
  arguments.require(&QuantizeCall::codes, size);
  arguments.require(&QuantizeCall::scales, product(call.channels, 4));
  arguments.require(&QuantizeCall::finding, finding_bytes);
}

void check(const LaunchArguments<DequantizeCall>& arguments) {
  const DequantizeCall& call = arguments.call;
  arguments.require_range(&DequantizeCall::dtype, 0, last_float_dtype, "dtype");
  const uint64_t size = product(call.outer, call.channels, call.inner);
  arguments.require(&DequantizeCall::codes, size);
  arguments.require(&DequantizeCall::scales, product(call.channels, 4));
  arguments.require(&DequantizeCall::y, product(size, element_bytes(call.dtype)));
}

void check(const LaunchArguments<ActivationCall>& arguments) {
  const ActivationCall& call = arguments.call;
  arguments.require_range(&ActivationCall::dtype, 0, last_float_dtype, "dtype");
  arguments.require_range(&ActivationCall::kind, 0, 2, "kind");
  const uint64_t bytes = product(call.size, element_bytes(call.dtype));
  arguments.require(&ActivationCall::x, bytes);
  arguments.require(&ActivationCall::y, bytes);
}

void check_bits(int32_t bits) {
  if (bits != 8 && bits != 16) throw Failure{"", "codes of activations have 8 or 16 bits, not " + std::to_string(bits)};
}

void check_pitch(int64_t pitch, int64_t columns) {
  if (pitch < columns || pitch % 16 != 0) throw Failure{"", "rows of codes start on 16 bytes"};
}

void check(const LaunchArguments<QuantizeRowsCall>& arguments) {
  const QuantizeRowsCall& call = arguments.call;
  arguments.require_range(&QuantizeRowsCall::dtype, 0, last_float_dtype, "dtype");
  check_bits(call.bits);
  check_pitch(call.pitch, call.columns);
  arguments.require(&QuantizeRowsCall::x, product(call.rows, call.columns, element_bytes(call.dtype)));
  arguments.require(&QuantizeRowsCall::codes, product(call.rows, call.pitch, call.bits / 8));
  arguments.require(&QuantizeRowsCall::scales, product(call.rows, 4));
  arguments.require(&QuantizeRowsCall::finding, finding_bytes);
}

bool is_grouped(const LinearCall& call) { return call.group != 0 && call.group != call.k; }

void check_scales(const LaunchArguments<LinearCall>& arguments) {
  const LinearCall& call = arguments.call;
  const bool grouped = is_grouped(call);
  if (call.group < 0 || call.group > INT32_MAX) throw Failure{"", "that is no size of groups"};
  const int64_t wanted = grouped ? int64_t(product(call.n, call.k / call.group)) : call.n;
  if ((call.scale_count != 1 || grouped) && call.scale_count != wanted) throw Failure{"", "scaleCount does not fit the weight"};
  arguments.require(&LinearCall::scales, product(call.scale_count, 4));
}

void check_activations(const LaunchArguments<LinearCall>& arguments) {
  const LinearCall& call = arguments.call;
  check_bits(call.activation_bits);
  if (call.weight_dtype != last_dtype || is_grouped(call)) throw Failure{"", "codes of activations take codes with a scale per row"};
  if (call.row_scales == nullptr) return arguments.require(&LinearCall::finding, finding_bytes);
  check_pitch(call.pitch, call.k);
  arguments.require(&LinearCall::x, product(call.m, call.pitch, call.activation_bits / 8));
  arguments.require(&LinearCall::row_scales, product(call.m, 4));
}

void check(const LaunchArguments<LinearCall>& arguments) {
  const LinearCall& call = arguments.call;
  arguments.require_range(&LinearCall::x_dtype, 0, last_float_dtype, "xDtype");
  arguments.require_range(&LinearCall::weight_dtype, 0, last_dtype, "weightDtype");
  arguments.require_range(&LinearCall::bias_dtype, 0, last_float_dtype, "biasDtype");
  arguments.require_range(&LinearCall::dtype, 0, last_float_dtype, "dtype");
  if (call.k < 0 || call.k > INT32_MAX - 256) throw Failure{"", "more input features than kernels count"};
  if (call.row_scales == nullptr) arguments.require(&LinearCall::x, product(call.m, call.k, element_bytes(call.x_dtype)));
  arguments.require(&LinearCall::weight, product(call.n, call.k, element_bytes(call.weight_dtype)));
  if (call.weight_dtype == last_dtype) check_scales(arguments);
  if (call.bias != nullptr) arguments.require(&LinearCall::bias, product(call.n, element_bytes(call.bias_dtype)));
  arguments.require(&LinearCall::y, product(call.m, call.n, element_bytes(call.dtype)));
  if (call.activation_bits != 0 || call.row_scales != nullptr) check_activations(arguments);
}

/** Of both launches that move rows. `moved`: the dense rows on the other side. */
template <class Call>
void check_rows(const LaunchArguments<Call>& arguments, void* const Call::* moved) {
  const Call& call = arguments.call;
  if (call.physical_rows <= 0 || call.row_bytes <= 0 || call.stride < call.row_bytes || call.stride % 4 != 0)
    throw Failure{"", "that is no layout of the rows of a state"};
  arguments.require(moved, product(call.count, call.row_bytes));
  arguments.require(&Call::rows, product(call.physical_rows, call.stride));
  arguments.require(&Call::length, 4);
}

void check(const LaunchArguments<WriteRowsCall>& arguments) {
  arguments.require_range(&WriteRowsCall::dtype, -1, last_float_dtype, "dtype");
  check_rows(arguments, &WriteRowsCall::x);
  if (arguments.call.dtype < 0) return;
  if (arguments.call.row_bytes % element_bytes(arguments.call.dtype) != 0) throw Failure{"", "a row ends in the middle of an element"};
  arguments.require(&WriteRowsCall::finding, finding_bytes);
}

void check(const LaunchArguments<ReadRowsCall>& arguments) { check_rows(arguments, &ReadRowsCall::y); }

void check(const LaunchArguments<PositionsCall>& arguments) {
  arguments.require(&PositionsCall::length, 4);
  arguments.require(&PositionsCall::y, product(arguments.call.count, 4));
}

void check(const LaunchArguments<AdvanceCall>& arguments) { arguments.require(&AdvanceCall::length, 4); }

void check(const LaunchArguments<SetLengthCall>& arguments) { arguments.require(&SetLengthCall::length, 4); }

void check(const LaunchArguments<FirstFindingCall>& arguments) {
  arguments.require(&FirstFindingCall::records, product(arguments.call.count, finding_bytes));
  arguments.require(&FirstFindingCall::first, finding_bytes);
}

/** Bytes that a launch works in, where there is nothing else to say. */
template <class Call>
size_t workspace_bytes(const Call&) {
  return 0;
}

/** Whether the kernel that a launch enqueues last writes no codes of weights. A launch that may enqueue nothing says no. */
template <class Call>
bool leaves_codes(const Call&) {
  return false;
}
bool leaves_codes(const ActivationCall& call) { return call.size != 0; }
bool leaves_codes(const QuantizeRowsCall& call) { return call.rows != 0; }
bool leaves_codes(const LinearCall& call) { return call.m != 0 && call.n != 0; }
bool leaves_codes(const WriteRowsCall& call) { return call.count != 0; }
bool leaves_codes(const ReadRowsCall& call) { return call.count != 0; }
bool leaves_codes(const PositionsCall& call) { return call.count != 0; }
bool leaves_codes(const AdvanceCall&) { return true; }

template <class Call>
void run(const Napi::CallbackInfo& info, Context& context) {
  const LaunchArguments<Call> arguments(info, context);
  check(arguments);
  const Call& call = arguments.call;
  std::shared_ptr<Memory> workspace;
  if (const size_t bytes = workspace_bytes(call)) workspace = context.allocate(bytes);
  const bool early = context.codes_settled();
  launch(call, {context.stream(), early, workspace ? workspace->data : nullptr});
  context.check_launch(Call::name);
  if (leaves_codes(call)) context.settle_codes();
}

}  // namespace

Napi::Value Device::launch(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    switch (integer_argument(info, 0, UINT64_MAX, INT32_MAX)) {
#define OCTET_CASE(NUMBER, CALL) \
  case NUMBER: run<CALL>(info, *context_); break;
      OCTET_EACH_LAUNCH(OCTET_CASE)
#undef OCTET_CASE
      default: throw Failure{"", "there is no launch of that number"};
    }
    return info.Env().Undefined();
  });
}

}  // namespace octet
