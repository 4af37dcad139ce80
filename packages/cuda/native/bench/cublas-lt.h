// cuBLASLt, the library to be measured against: opened where it is installed, never linked, never shipped.
//
// Its header is not needed: the few functions, numbers and structures used here are part of its stable binary interface, as the
// reference of cuBLAS documents it.
#pragma once
#include <cuda_runtime_api.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "device.h"

namespace octet::bench {

/** One way of cuBLASLt's to multiply, chosen and ready. */
struct Algorithm {
  uint64_t data[8];
  size_t workspace_bytes;
};

class CublasLt {
 public:
  /** Tries OCTET_CUBLASLT, what is loaded already, the loader's own search, and where toolkits lie. Null when none can be opened. */
  static std::unique_ptr<CublasLt> open(std::string* tried);

  std::string path;
  size_t version = 0;

  enum class Kind { float16, int8 };

  /** y [m, n] = x [m, k] times w [n, k] transposed, all row-major. float16: y is float16, sums are float32. int8: y is int32. */
  class Multiply {
   public:
    Multiply(CublasLt& library, Kind kind, int64_t m, int64_t n, int64_t k);
    ~Multiply();
    Multiply(const Multiply&) = delete;
    /** What cuBLASLt proposes, its favourite first; empty when it has nothing for this form. */
    std::vector<Algorithm> algorithms(int most) const;
    /** Whether it was enqueued. */
    bool run(const Algorithm& algorithm, const void* x, const void* w, void* y, cudaStream_t stream) const;

   private:
    CublasLt& library_;
    Kind kind_;
    void *description_ = nullptr, *w_layout_ = nullptr, *x_layout_ = nullptr, *y_layout_ = nullptr;
  };

 private:
  struct Functions;
  CublasLt() = default;
  std::shared_ptr<Functions> functions_;
  void* handle_ = nullptr;
  std::unique_ptr<Memory> workspace_;
};

}  // namespace octet::bench
