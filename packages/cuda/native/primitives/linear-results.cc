#include "linear-results.h"

#include <cstdio>
#include <cstdlib>

#include "../kernels/launch.h"

namespace octet {
namespace {

struct Shape {
  int64_t m, n, k;
};
/** More rows than the kernels for few take. K of the last is too short to be shared. */
constexpr Shape shapes[] = {{17, 8, 16}, {33, 129, 80}, {64, 136, 1040}, {70, 72, 336}, {130, 264, 144}, {300, 24, 48}, {513, 9, 16}};

struct Case {
  const char* name;
  /** dtypes by core's numbers */
  int x_dtype, weight_dtype, y_dtype, activation_bits;
};
constexpr int float32 = 0, float16 = 1, bfloat16 = 2, int8 = 3;
constexpr Case cases[] = {{"codes-f16", float16, int8, float16, 0},   {"codes-bf16", bfloat16, int8, float32, 0},
                          {"floats-f16", float16, float16, float32, 0}, {"floats-bf16", bfloat16, bfloat16, bfloat16, 0},
                          {"int8", float16, int8, float32, 8},          {"int16", float16, int8, bfloat16, 16}};

void require(cudaError_t error, const char* name) {
  if (error == cudaSuccess) return;
  fprintf(stderr, "linear %s: %s (%s)\n", name, cudaGetErrorString(error), cudaGetErrorName(error));
  exit(3);
}

void* to_device(const void* data, size_t bytes) {
  void* copy = nullptr;
  require(cudaMallocAsync(&copy, bytes + 16, nullptr), "allocating");
  require(cudaMemcpyAsync(copy, data, bytes, cudaMemcpyHostToDevice, nullptr), "copying");
  return copy;
}

/** `count` whole numbers from -bound to bound of a dtype. */
std::vector<uint8_t> numbers(Operands& operands, int64_t count, int dtype, int bound) {
  std::vector<uint8_t> bytes;
  for (int64_t i = 0; i < count; i++) {
    const int32_t value = operands.integer(-bound, bound);
    const uint32_t bits = dtype == int8 ? uint32_t(uint8_t(value)) : dtype == float16 ? half_of(value) : dtype == bfloat16 ? bfloat16_of(value) : float_bits(float(value));
    for (int byte = 0; byte < (dtype == int8 ? 1 : dtype == float32 ? 4 : 2); byte++) bytes.push_back(uint8_t(bits >> 8 * byte));
  }
  return bytes;
}

Words run(Operands& operands, const Case& one, Shape shape, const char* name) {
  const auto [m, n, k] = shape;
  const std::vector<uint8_t> x = numbers(operands, m * k, one.x_dtype, 60), w = numbers(operands, n * k, one.weight_dtype, one.weight_dtype == int8 ? 127 : 60);
  const std::vector<uint8_t> bias = numbers(operands, n, float32, 1000);
  std::vector<float> scales;
  for (int64_t row = 0; row < n; row++) scales.push_back(1.f / float(16 << row % 3));
  const size_t y_bytes = size_t(m * n) * (one.y_dtype == float32 ? 4 : 2);
  Words y((y_bytes + 3) / 4, 0xDEADBEEF);
  void* const memory[] = {to_device(x.data(), x.size()), to_device(w.data(), w.size()), to_device(bias.data(), bias.size()),
                          to_device(scales.data(), scales.size() * 4), to_device(y.data(), y.size() * 4),
                          to_device(Words(4).data(), finding_bytes)};
  LinearCall call{};
  call.m = m, call.n = n, call.k = k;
  call.x = memory[0], call.x_dtype = one.x_dtype;
  call.weight = memory[1], call.weight_dtype = one.weight_dtype;
  if (one.weight_dtype == int8) call.scales = memory[3], call.scale_count = n;
  call.bias = memory[2], call.bias_dtype = float32;
  call.y = memory[4], call.dtype = one.y_dtype;
  call.activation_bits = one.activation_bits;
  call.finding = memory[5];
  const Words workspace(4 + workspace_bytes(call) / 4);
  void* const working = to_device(workspace.data(), workspace_bytes(call));
  launch(call, {nullptr, false, working});
  require(cudaGetLastError(), name);
  require(cudaMemcpyAsync(y.data(), memory[4], y.size() * 4, cudaMemcpyDeviceToHost, nullptr), name);
  require(cudaStreamSynchronize(nullptr), name);
  for (void* one_of : memory) cudaFreeAsync(one_of, nullptr);
  cudaFreeAsync(working, nullptr);
  return y;
}

}  // namespace

void run_linear_cases(Operands& operands, const std::function<void(const char*, const Words&)>& give) {
  for (const Case& one : cases)
    for (const Shape& shape : shapes) {
      char name[96];
      snprintf(name, sizeof name, "linear-%s-%ldx%ldx%ld", one.name, long(shape.m), long(shape.n), long(shape.k));
      give(name, run(operands, one, shape, name));
    }
}

}  // namespace octet
