// What the bench needs of CUDA: memory filled with random data, errors that end the program, and a few kernels of its own.
#pragma once
#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace octet::bench {

/** Ends the program when CUDA returned an error. */
void require(cudaError_t error, const char* doing);

/** Device memory. */
class Memory {
 public:
  explicit Memory(size_t bytes);
  template <class T>
  T* as() const {
    return static_cast<T*>(data_.get());
  }
  size_t bytes() const { return bytes_; }

 private:
  struct Free {
    void operator()(void* data) const { cudaFree(data); }
  };
  std::unique_ptr<void, Free> data_;
  size_t bytes_;
};

/** Codes from -127 to 127, all as likely. */
void fill_codes(int8_t* target, size_t count, uint32_t seed, cudaStream_t stream);
/** float16 between -1 and 1. */
void fill_halves(uint16_t* target, size_t count, uint32_t seed, cudaStream_t stream);
/** Scales of codes that make weights of about 1 / sqrt(k). */
void fill_scales(float* target, size_t count, float around, uint32_t seed, cudaStream_t stream);

/** Reads `bytes` (a multiple of 16) and writes next to nothing: the most that a kernel can read. */
void read_all(const void* source, size_t bytes, uint32_t* sink, int multiprocessors, cudaStream_t stream);

/** Adds the squares of b, and of a - b, to sums[0] and sums[1]: float16. */
void add_differences(const uint16_t* a, const uint16_t* b, size_t count, double* sums, cudaStream_t stream);

/** |a - b| / |b|, in the norm of the square root of squares; waits. */
double relative_difference(const Memory& a, const Memory& b, size_t count, cudaStream_t stream);

}  // namespace octet::bench
