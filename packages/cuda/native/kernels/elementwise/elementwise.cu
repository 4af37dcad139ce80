#include "launch-support.cuh"
#include "elementwise.cuh"
#include "slabs-launch.cuh"

namespace octet {

void dequantize(const DequantizeCall& call, cudaStream_t stream) {
  const ScaleLayout layout{call.layout.outer, call.layout.channels, call.layout.inner};
  const int64_t size = layout.outer * layout.channels * layout.inner;
  if (size == 0) return;
  const int8_t* codes = call.codes;
  const float* scales = call.scales;
  with_float(call.dtype, [&](auto type) {
    using T = decltype(type);
    auto* y = static_cast<typename T::Storage*>(call.y);
    const Divisor inner(layout.inner);
    if (layout.outer == 1) {
      OCTET_LAUNCH(dequantize_runs<T>, dim3(blocks(size, int64_t(step_threads) * run_vectors * per_vector<T>)), dim3(step_threads), 0, stream,
                   codes, scales, size, inner, y);
    } else {
      const SlabLaunch launch(layout, per_vector<T>, 256, 8);
      OCTET_LAUNCH(dequantize_columns<T>, launch.grid, launch.block, 0, stream, codes, scales, launch.slabs, inner, y);
    }
  });
}

void activation(TensorArgument x, void* y, int64_t size, int kind, cudaStream_t stream) {
  if (size == 0) return;
  with_float(x.dtype, [&](auto type) {
    using T = decltype(type);
    const auto* source = static_cast<const typename T::Storage*>(x.data);
    auto* target = static_cast<typename T::Storage*>(y);
    const ActivationKind function = ActivationKind(kind);
    OCTET_LAUNCH(::activation<T>, dim3(blocks(size, int64_t(step_threads) * per_vector<T>)), dim3(step_threads), 0, stream, source, target,
                 size, function);
  });
}

}  // namespace octet
