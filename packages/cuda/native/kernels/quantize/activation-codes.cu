#include "activation-codes.cuh"

#include "quantize-few-rows.cuh"
#include "quantize-launch.cuh"

namespace octet {
namespace {

/** Rows that are shared by several blocks each: fewer than keep all multiprocessors busy. */
constexpr int64_t most_shared_rows = 16;

template <class T, class Codes>
void quantize_rows_of_x(const void* data, const ActivationCodes& target, int64_t m, int64_t k, CodeRange range, Codes codes, bool early,
                        cudaStream_t stream) {
  if (m > most_shared_rows || k == 0)
    return quantize_runs<T>(data, m, k, target.pitch, range, codes, target.scales, target.fault, stream);
  const auto* x = static_cast<const typename T::Storage*>(data);
  const auto parts = std::min<int64_t>(16, divide_up(k, 64 * per_vector<T>));
  const int32_t columns = int32_t(k);
  const int64_t pitch = target.pitch;
  float* scales = target.scales;
  auto* fault = static_cast<Fault*>(target.fault);
  OCTET_LAUNCH_EARLY(early, (quantize_few_rows<T, Codes>), dim3(unsigned(parts), unsigned(m)), dim3(few_rows_threads), few_rows_threads / 8,
                     stream, x, columns, pitch, range, codes, scales, fault);
}

}  // namespace

void quantize_activations(TensorArgument x, ActivationCodes target, int64_t m, int64_t k, bool early, cudaStream_t stream) {
  with_float(x.dtype, [&](auto type) {
    using T = decltype(type);
    if (target.planes == 1)
      quantize_rows_of_x<T>(x.data, target, m, k, CodeRange{127, -127}, ByteCodes{target.first}, early, stream);
    else
      quantize_rows_of_x<T>(x.data, target, m, k, CodeRange{32639, -32639}, SplitCodes{target.first, target.second}, early, stream);
  });
}

}  // namespace octet
