#include "quantize-launch.cuh"

namespace octet {

void launch(const QuantizeCall& call, const LaunchPlace& place) {
  const ScaleLayout layout{call.outer, call.channels, call.inner};
  auto* codes = static_cast<int8_t*>(call.codes);
  auto* scales = static_cast<float*>(call.scales);
  auto* finding = static_cast<Finding*>(call.finding);
  with_float(call.dtype, [&](auto type) {
    using T = decltype(type);
    const CodeRange range{call.qmax, call.lowest};
    if (layout.outer == 1)
      quantize_runs<T>(call.x, layout.channels, layout.inner, layout.inner, range, ByteCodes{codes}, scales, finding, place.stream);
    else
      quantize_columns<T>(call.x, layout, range, codes, scales, finding, place.stream);
  });
}

}  // namespace octet
