#include "planted-bugs.h"

#include <vector>

#include "../kernels/platform.cuh"

namespace emulator {
namespace {

enum class Bug {
  none,
  missing_barrier,
  divergent_barrier,
  missing_wait,
  missing_reuse_barrier,
  out_of_bounds_write,
  out_of_bounds_shared_write,
  uninitialised_read
};

constexpr int width = 64, steps = 5;

/** y[i] is the sum of one place of each row of x, which comes by way of shared memory; each thread reads what another one copied. */
void sum_of_rows(const float* x /* [steps, width] */, float* y /* [width] */, Bug bug) {
  float* stages = octet::shared_memory<float>();  // [2, width], and [width] that nobody writes
  const int thread = int(threadIdx.x), place = (thread * 7 + 5) % width;
  const auto copy = [&](int step) {
    if (thread < width / 4) octet::copy_async(stages + step % 2 * width + thread * 4, x + step * width + thread * 4, 16);
    octet::copy_async_commit();
  };
  float sum = 0;
  copy(0);
  for (int step = 0; step < steps; step++) {
    if (step + 1 < steps) copy(step + 1);
    if (bug != Bug::missing_wait) {
      if (step + 1 < steps) octet::copy_async_wait<1>();
      else octet::copy_async_wait<0>();
    }
    if (bug == Bug::divergent_barrier ? thread < 32 : bug != Bug::missing_barrier) __syncthreads();
    sum += stages[(bug == Bug::uninitialised_read ? 2 : step % 2) * width + place];
    if (bug != Bug::missing_reuse_barrier) __syncthreads();
  }
  if (bug == Bug::out_of_bounds_shared_write) stages[2 * width + thread + 1] = sum;
  y[bug == Bug::out_of_bounds_write ? thread + 1 : thread] = sum;
}

}  // namespace

std::string run_planted_bug(const std::string& name) {
  const char* const names[] = {"none",
                               "missing-barrier",
                               "divergent-barrier",
                               "missing-wait",
                               "missing-reuse-barrier",
                               "out-of-bounds-write",
                               "out-of-bounds-shared-write",
                               "uninitialised-read"};
  constexpr int count = int(sizeof(names) / sizeof(names[0]));
  int index = 0;
  while (index < count && name != names[index]) index++;
  if (index == count) return "there is no bug of that name";
  const Bug bug = Bug(index);

  std::vector<float> rows(steps * width), wanted(width, 0.f), got(width);
  for (int i = 0; i < steps * width; i++) rows[size_t(i)] = float(i % 101);
  for (int i = 0; i < width; i++)
    for (int step = 0; step < steps; step++) wanted[size_t(i)] += rows[size_t(step * width + (i * 7 + 5) % width)];

  void *x = nullptr, *y = nullptr;
  cudaMallocAsync(&x, rows.size() * 4, nullptr);
  cudaMallocAsync(&y, got.size() * 4, nullptr);
  cudaMemcpyAsync(x, rows.data(), rows.size() * 4, cudaMemcpyHostToDevice, nullptr);
  const auto* source = static_cast<const float*>(x);
  auto* target = static_cast<float*>(y);
  OCTET_LAUNCH(sum_of_rows, dim3(1), dim3(width), 3 * width * sizeof(float), nullptr, source, target, bug);
  const cudaError_t error = cudaGetLastError();
  std::string found = error == cudaSuccess ? "" : cudaGetErrorString(error);
  cudaMemcpyAsync(got.data(), y, got.size() * 4, cudaMemcpyDeviceToHost, nullptr);
  if (found.empty() && got != wanted) found = "the result is wrong";
  cudaFreeAsync(x, nullptr);
  cudaFreeAsync(y, nullptr);
  return found;
}

}  // namespace emulator
