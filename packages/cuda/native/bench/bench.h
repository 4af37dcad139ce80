// What the tables of the bench share: the device, the clock, and where results go.
#pragma once
#include <chrono>
#include <string>

#include "cublas-lt.h"
#include "report.h"

namespace octet::bench {

struct Bench {
  cudaDeviceProp device;
  cudaStream_t stream = nullptr;
  /** Null where it was not found. */
  std::unique_ptr<CublasLt> cublas;
  Report report;
  int samples = 30;
  std::chrono::steady_clock::time_point deadline;

  bool out_of_time() const { return std::chrono::steady_clock::now() >= deadline; }

  /** Enough copies of `bytes` that the L2 cache has forgotten one before its next turn; at least 4. */
  int sets_for(size_t bytes) const;
};

/** Copy, read-only sum, and the largest float16 product. */
void measure_ceilings(Bench& bench);
/** y [m, n] = x [m, k] times w [n, k] transposed, at every m. */
void measure_linear(Bench& bench, int64_t n, int64_t k, const std::vector<int64_t>& rows);
/** quantize and dequantize of a float16 [rows, columns]. */
void measure_elementwise(Bench& bench, int64_t rows, int64_t columns);

}  // namespace octet::bench
