#include "quantize-launch.cuh"

namespace octet {

void quantize(const QuantizeCall& call, cudaStream_t stream) {
  const ScaleLayout layout{call.layout.outer, call.layout.channels, call.layout.inner};
  with_float(call.x.dtype, [&](auto type) {
    using T = decltype(type);
    const CodeRange range{call.qmax, call.lowest};
    if (layout.outer == 1)
      quantize_runs<T>(call.x.data, layout.channels, layout.inner, layout.inner, range, ByteCodes{call.codes}, call.scales, call.fault,
                       stream);
    else
      quantize_columns<T>(call.x.data, layout, range, call.codes, call.scales, call.fault, stream);
  });
}

}  // namespace octet
