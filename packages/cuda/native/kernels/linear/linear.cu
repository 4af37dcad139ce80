#include "activation-codes.cuh"
#include "linear-any.cuh"
#include "tensor-cores.cuh"

namespace octet {
namespace {

/** Quantizes x per row into the workspace, then multiplies integers. */
template <int PLANES>
void linear_exact(const LinearCall& call, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  const int64_t pitch = code_pitch(shape.k), plane = shape.m * pitch;
  auto* row_scales = static_cast<float*>(call.workspace);
  auto* codes = static_cast<int8_t*>(call.workspace) + scale_bytes(shape.m);
  quantize_activations(call.x, ActivationCodes{PLANES, codes, codes + plane, row_scales, pitch, call.fault}, shape.m, shape.k, call.early, stream);
  out.row_scales = row_scales;
  // The codes of the weight are older than what quantizes x, or that would not have started.
  const TensorCoreInput x{reinterpret_cast<const uint8_t*>(codes), pitch, plane, true};
  const auto* w = static_cast<const uint8_t*>(call.weight.data);
  if (shape.k % 16 == 0) launch_tensor_cores<IntegerCodes<PLANES>, true>(x, w, shape, out, stream);
  else launch_tensor_cores<IntegerCodes<PLANES>, false>(x, w, shape, out, stream);
}

template <class X, class W>
void launch_any(const LinearCall& call, GroupScales groups, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  const auto* x = static_cast<const typename X::Storage*>(call.x.data);
  const auto* w = static_cast<const typename W::Storage*>(call.weight.data);
  if (shape.m <= any_few_rows) {
    OCTET_LAUNCH((linear_any_few<X, W>), dim3(blocks(shape.n, any_threads / 32)), dim3(any_threads), 0, stream, x, w, groups, shape, out);
    return;
  }
  const int64_t tiles = divide_up(shape.m, any_tile) * divide_up(shape.n, any_tile);
  OCTET_LAUNCH((linear_any<X, W>), dim3(unsigned(tiles)), dim3(any_threads), any_shared_bytes, stream, x, w, groups, shape, out);
}

void linear_float(const LinearCall& call, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  const DType x_dtype = DType(call.x.dtype), w_dtype = DType(call.weight.dtype);
  const bool grouped = call.group != 0 && call.group != shape.k;
  const bool same = w_dtype == x_dtype, codes = w_dtype == DType::int8;
  if (x_dtype != DType::float32 && (same || codes) && !grouped && shape.k % 16 == 0) {
    // Float weights may be what the op before has just written.
    const TensorCoreInput x{static_cast<const uint8_t*>(call.x.data), shape.k * 2, 0, call.early && codes};
    const auto* w = static_cast<const uint8_t*>(call.weight.data);
    if (x_dtype == DType::float16 && codes) return launch_tensor_cores<F16Codes, true>(x, w, shape, out, stream);
    if (x_dtype == DType::float16) return launch_tensor_cores<F16Floats, true>(x, w, shape, out, stream);
    if (codes) return launch_tensor_cores<Bf16Codes, true>(x, w, shape, out, stream);
    return launch_tensor_cores<Bf16Floats, true>(x, w, shape, out, stream);
  }
  const int32_t group = int32_t(grouped ? call.group : shape.k);
  const GroupScales groups{grouped ? call.scales : nullptr, group, int32_t(grouped ? shape.k / group : 1)};
  if (grouped) out.scales = nullptr;
  with_float(call.x.dtype, [&](auto x_type) {
    const auto launch = [&](auto w_type) { launch_any<decltype(x_type), decltype(w_type)>(call, groups, shape, out, stream); };
    if (codes) launch(Int8{});
    else with_float(call.weight.dtype, launch);
  });
}

}  // namespace

size_t linear_workspace(int64_t m, int64_t k, int activation_bits) {
  return activation_bits == 0 ? 0 : size_t(scale_bytes(m) + activation_bits / 8 * m * code_pitch(k));
}

void linear(const LinearCall& call, cudaStream_t stream) {
  const LinearShape shape{call.m, call.n, call.k};
  if (shape.m == 0 || shape.n == 0) return;
  const LinearOutput out{nullptr, call.scales, call.scale_count == 1 ? 0 : 1, call.bias.data, DType(call.bias.dtype),
                         call.y, DType(call.dtype), call.n};
  if (call.activation_bits == 8) return linear_exact<1>(call, shape, out, stream);
  if (call.activation_bits == 16) return linear_exact<2>(call, shape, out, stream);
  linear_float(call, shape, out, stream);
}

}  // namespace octet
