#include "../quantize/activation-codes.cuh"
#include "linear-any.cuh"
#include "tensor-cores.cuh"

namespace octet {
namespace {

/** Multiplies the codes of x, in planes of rows that start `pitch` bytes apart. early: see LaunchPlace. */
template <int PLANES>
void multiply_codes(const LinearCall& call, const void* codes, int64_t pitch, bool early, LinearShape shape, LinearOutput out,
                    cudaStream_t stream) {
  const TensorCoreInput x{static_cast<const uint8_t*>(codes), pitch, shape.m * pitch, early};
  const auto* w = static_cast<const uint8_t*>(call.weight);
  if (shape.k % 16 == 0) launch_tensor_cores<IntegerCodes<PLANES>, true>(x, w, shape, out, stream);
  else launch_tensor_cores<IntegerCodes<PLANES>, false>(x, w, shape, out, stream);
}

/** Multiplies integers: codes that x is already, or quantizes x per row into the workspace first. */
template <int PLANES>
void linear_exact(const LinearCall& call, const LaunchPlace& place, LinearShape shape, LinearOutput out) {
  if (call.row_scales != nullptr) {
    out.row_scales = static_cast<const float*>(call.row_scales);
    return multiply_codes<PLANES>(call, call.x, call.pitch, place.early, shape, out, place.stream);
  }
  const int64_t pitch = code_pitch(shape.k);
  auto* row_scales = static_cast<float*>(place.workspace);
  auto* codes = static_cast<int8_t*>(place.workspace) + scale_bytes(shape.m);
  const ActivationCodes target{PLANES, codes, codes + shape.m * pitch, row_scales, pitch, static_cast<Finding*>(call.finding)};
  quantize_activations(call.x, call.x_dtype, target, shape.m, shape.k, place.early, place.stream);
  out.row_scales = row_scales;
  // The codes of the weight are older than what quantizes x, or that would not have started.
  multiply_codes<PLANES>(call, codes, pitch, true, shape, out, place.stream);
}

template <class X, class W>
void launch_any(const LinearCall& call, GroupScales groups, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  const auto* x = static_cast<const typename X::Storage*>(call.x);
  const auto* w = static_cast<const typename W::Storage*>(call.weight);
  if (shape.m <= any_few_rows) {
    OCTET_LAUNCH((linear_any_few<X, W>), dim3(blocks(shape.n, any_threads / 32)), dim3(any_threads), 0, stream, x, w, groups, shape, out);
    return;
  }
  const int64_t tiles = divide_up(shape.m, any_tile) * divide_up(shape.n, any_tile);
  OCTET_LAUNCH((linear_any<X, W>), dim3(unsigned(tiles)), dim3(any_threads), any_shared_bytes, stream, x, w, groups, shape, out);
}

void linear_float(const LinearCall& call, const LaunchPlace& place, LinearShape shape, LinearOutput out) {
  const cudaStream_t stream = place.stream;
  const DType x_dtype = DType(call.x_dtype), w_dtype = DType(call.weight_dtype);
  const bool grouped = call.group != 0 && call.group != shape.k;
  const bool same = w_dtype == x_dtype, codes = w_dtype == DType::int8;
  if (x_dtype != DType::float32 && (same || codes) && !grouped && shape.k % 16 == 0) {
    // Float weights may be what the op before has just written.
    const TensorCoreInput x{static_cast<const uint8_t*>(call.x), shape.k * 2, 0, place.early && codes};
    const auto* w = static_cast<const uint8_t*>(call.weight);
    if (x_dtype == DType::float16 && codes) return launch_tensor_cores<F16Codes, true>(x, w, shape, out, stream);
    if (x_dtype == DType::float16) return launch_tensor_cores<F16Floats, true>(x, w, shape, out, stream);
    if (codes) return launch_tensor_cores<Bf16Codes, true>(x, w, shape, out, stream);
    return launch_tensor_cores<Bf16Floats, true>(x, w, shape, out, stream);
  }
  const int32_t group = int32_t(grouped ? call.group : shape.k);
  const GroupScales groups{grouped ? out.scales : nullptr, group, int32_t(grouped ? shape.k / group : 1)};
  if (grouped) out.scales = nullptr;
  with_float(call.x_dtype, [&](auto x_type) {
    const auto launch = [&](auto w_type) { launch_any<decltype(x_type), decltype(w_type)>(call, groups, shape, out, stream); };
    if (codes) launch(Int8{});
    else with_float(call.weight_dtype, launch);
  });
}

}  // namespace

size_t workspace_bytes(const LinearCall& call) {
  if (call.activation_bits == 0 || call.row_scales != nullptr) return 0;
  return size_t(scale_bytes(call.m) + call.activation_bits / 8 * call.m * code_pitch(call.k));
}

void launch(const LinearCall& call, const LaunchPlace& place) {
  const LinearShape shape{call.m, call.n, call.k};
  if (shape.m == 0 || shape.n == 0) return;
  const auto* scales = static_cast<const float*>(call.scales);
  const LinearOutput out{nullptr, scales, call.scale_count == 1 ? 0 : 1, call.bias, DType(call.bias_dtype), call.y, DType(call.dtype), call.n};
  if (call.activation_bits == 8) return linear_exact<1>(call, place, shape, out);
  if (call.activation_bits == 16) return linear_exact<2>(call, place, shape, out);
  linear_float(call, place, shape, out);
}

}  // namespace octet
