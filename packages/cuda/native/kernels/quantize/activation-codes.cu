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
  if (m == 0) return;
  if (m > most_shared_rows || k == 0)
    return quantize_runs<T>(data, m, k, target.pitch, range, codes, target.scales, target.finding, stream);
  const auto* x = static_cast<const typename T::Storage*>(data);
  const auto parts = std::min<int64_t>(16, divide_up(k, 64 * per_vector<T>));
  const int32_t columns = int32_t(k);
  const int64_t pitch = target.pitch;
  float* scales = target.scales;
  Finding* finding = target.finding;
  OCTET_LAUNCH_EARLY(early, (quantize_few_rows<T, Codes>), dim3(unsigned(parts), unsigned(m)), dim3(few_rows_threads), few_rows_threads / 8,
                     stream, x, columns, pitch, range, codes, scales, finding);
}

}  // namespace

void quantize_activations(const void* x, int32_t dtype, ActivationCodes target, int64_t m, int64_t k, bool early, cudaStream_t stream) {
  with_float(dtype, [&](auto type) {
    using T = decltype(type);
    if (target.planes == 1)
      quantize_rows_of_x<T>(x, target, m, k, CodeRange{127, -127}, ByteCodes{target.first}, early, stream);
    else
      quantize_rows_of_x<T>(x, target, m, k, CodeRange{32639, -32639}, SplitCodes{target.first, target.second}, early, stream);
  });
}

void launch(const QuantizeRowsCall& call, const LaunchPlace& place) {
  auto* first = static_cast<int8_t*>(call.codes);
  const ActivationCodes codes{call.bits / 8, first, first + call.rows * call.pitch, static_cast<float*>(call.scales), call.pitch,
                              static_cast<Finding*>(call.finding)};
  quantize_activations(call.x, call.dtype, codes, call.rows, call.columns, place.early, place.stream);
}

}  // namespace octet
