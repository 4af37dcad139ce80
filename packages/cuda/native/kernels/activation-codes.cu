#include "activation-codes.cuh"

#include "quantize-launch.cuh"

namespace octet {

void quantize_activations(TensorArgument x, ActivationCodes target, int64_t m, int64_t k, cudaStream_t stream) {
  const ScaleLayout rows{1, m, k};
  with_float(x.dtype, [&](auto type) {
    using T = decltype(type);
    if (target.planes == 1)
      quantize_any<T>(x.data, rows, target.pitch, CodeRange{127, -127}, ByteCodes{target.first}, target.scales, target.fault, stream);
    else
      quantize_any<T>(x.data, rows, target.pitch, CodeRange{32639, -32639}, SplitCodes{target.first, target.second}, target.scales,
                      target.fault, stream);
  });
}

}  // namespace octet
