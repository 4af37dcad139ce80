#include "quantize-launch.cuh"

namespace octet {

void quantize(const QuantizeCall& call, cudaStream_t stream) {
  const ScaleLayout layout{call.layout.outer, call.layout.channels, call.layout.inner};
  with_float(call.x.dtype, [&](auto type) {
    quantize_any<decltype(type)>(call.x.data, layout, layout.inner, CodeRange{call.qmax, call.lowest}, ByteCodes{call.codes}, call.scales,
                                 call.fault, stream);
  });
}

}  // namespace octet
