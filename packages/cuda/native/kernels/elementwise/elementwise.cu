#include "../launch-support.cuh"
#include "elementwise.cuh"
#include "../slabs-launch.cuh"

namespace octet {

void launch(const DequantizeCall& call, const LaunchPlace& place) {
  const cudaStream_t stream = place.stream;
  const ScaleLayout layout{call.outer, call.channels, call.inner};
  const int64_t size = layout.outer * layout.channels * layout.inner;
  if (size == 0) return;
  const auto* codes = static_cast<const int8_t*>(call.codes);
  const auto* scales = static_cast<const float*>(call.scales);
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

void launch(const ActivationCall& call, const LaunchPlace& place) {
  const int64_t size = call.size;
  if (size == 0) return;
  with_float(call.dtype, [&](auto type) {
    using T = decltype(type);
    const auto* source = static_cast<const typename T::Storage*>(call.x);
    auto* target = static_cast<typename T::Storage*>(call.y);
    const ActivationKind function = ActivationKind(call.kind);
    OCTET_LAUNCH(activation<T>, dim3(blocks(size, int64_t(step_threads) * per_vector<T>)), dim3(step_threads), 0, place.stream, source, target,
                 size, function);
  });
}

}  // namespace octet
