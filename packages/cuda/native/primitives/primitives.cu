// Runs every primitive of the kernels on operands that only the seed decides, and prints the results: one line each, the name and the
// words in hexadecimal. The same program runs on a GPU and in the emulator; its output must not differ by a bit.
#include "../kernels/platform.cuh"
#include "steps.cuh"
#include "linear-results.h"
#include "operands.h"
#include "warpgroup-products.h"

#include <cstdio>
#include <cstdlib>

namespace octet {
namespace {

constexpr uint64_t seed = 20240607;
constexpr int threads = 64 * step_block;

void require(cudaError_t error, const char* doing) {
  if (error == cudaSuccess) return;
  fprintf(stderr, "%s: %s (%s)\n", doing, cudaGetErrorString(error), cudaGetErrorName(error));
  exit(3);
}

uint32_t* to_device(const Words& words) {
  void* data = nullptr;
  require(cudaMallocAsync(&data, words.size() * 4, nullptr), "allocating device memory");
  require(cudaMemcpyAsync(data, words.data(), words.size() * 4, cudaMemcpyHostToDevice, nullptr), "copying to the device");
  return static_cast<uint32_t*>(data);
}

void print(const char* name, const Words& words) {
  printf("%s ", name);
  for (const uint32_t word : words) printf("%08x", word);
  printf("\n");
}

void print(const char* name, const uint32_t* results, size_t count) {
  Words words(count);
  require(cudaGetLastError(), name);
  require(cudaMemcpyAsync(words.data(), results, count * 4, cudaMemcpyDeviceToHost, nullptr), name);
  require(cudaStreamSynchronize(nullptr), name);
  print(name, words);
}

template <class Step>
void check(const char* name, const Words& operands) {
  const unsigned count = unsigned(operands.size() / Step::takes);
  uint32_t* x = to_device(operands);
  uint32_t* y = to_device(Words(size_t(count) * Step::gives, 0xDEADBEEF));
  OCTET_LAUNCH(run_step<Step>, dim3(count / step_block), dim3(step_block), 0, nullptr, x, y);
  print(name, y, size_t(count) * Step::gives);
  cudaFreeAsync(x, nullptr);
  cudaFreeAsync(y, nullptr);
}

/** Operands of whole numbers so small that every order of summation is exact. */
template <class Encode>
Words exact_sums(Operands& operands, Encode encode) {
  Words words;
  for (int thread = 0; thread < threads; thread++) {
    for (int i = 0; i < 6; i++) words.push_back(encode(operands.integer(-100, 100)) | uint32_t(encode(operands.integer(-100, 100))) << 16);
    for (int i = 0; i < 4; i++) words.push_back(float_bits(float(operands.integer(-100000, 100000))));
  }
  return words;
}

/** Rows of A with one number in them, any number: each result is one exact product. Which place it has tells A's layout. */
template <class Any>
Words single_products(Operands& operands, Any any) {
  Words words(size_t(threads) * 10, 0);
  for (int warp = 0; warp < threads / 32; warp++) {
    uint32_t* lanes = words.data() + size_t(warp) * 320;
    for (int lane = 0; lane < 32; lane++)
      for (int i = 4; i < 6; i++) lanes[lane * 10 + i] = any() | uint32_t(any()) << 16;
    for (int row = 0; row < 16; row++) {
      const int place = operands.integer(0, 15), lane = row % 8 * 4 + place % 8 / 2, word = row / 8 + place / 8 * 2;
      lanes[lane * 10 + word] = uint32_t(any()) << 16 * (place % 2);
    }
  }
  return words;
}

void check_tensor_cores(Operands& operands) {
  check<MmaF16>("mma-f16-exact-sums", exact_sums(operands, half_of));
  check<MmaF16>("mma-f16-single-products", single_products(operands, [&] { return operands.finite_half(); }));
  check<MmaBf16>("mma-bf16-exact-sums", exact_sums(operands, bfloat16_of));
  check<MmaBf16>("mma-bf16-single-products", single_products(operands, [&] { return operands.middling_bfloat16(); }));
  Words bytes = Operands::words(size_t(threads) * 10, [&] { return operands.bits(); });
  for (size_t i = 0; i < bytes.size(); i++)
    if (i % 10 >= 6) bytes[i] = uint32_t(operands.integer(-(1 << 30), 1 << 30));
  check<MmaS8>("mma-s8", bytes);
}

/** Each operation of Hopper's warpgroups that a kernel uses. */
void check_warpgroups(Operands& operands) {
  constexpr const char* names[] = {"f16", "bf16", "s8"};
  for (const WarpgroupType type : {WarpgroupType::f16, WarpgroupType::bf16, WarpgroupType::s8})
    for (const int columns : {32, 64, 128, 256})
      for (const bool left_in_registers : {false, true}) {
        if (left_in_registers && type == WarpgroupType::s8) continue;
        const auto word = [&]() -> uint32_t {
          if (type == WarpgroupType::s8) return operands.bits();
          const auto one = [&] { return uint32_t(type == WarpgroupType::f16 ? half_of(operands.integer(-100, 100)) : bfloat16_of(operands.integer(-100, 100))); };
          const uint32_t low = one();
          return low | one() << 16;
        };
        const WarpgroupProduct product{type, columns, left_in_registers, Operands::words(64 * 8, word), Operands::words(size_t(columns) * 8, word)};
        char name[64];
        snprintf(name, sizeof name, "warpgroup-%s-%d%s", names[int(type)], columns, left_in_registers ? "-registers" : "");
        print(name, device_sums(product));
      }
}

void check_conversions(Operands& operands) {
  const auto bits = [&] { return operands.bits(); };
  Words permutes = Operands::words(size_t(threads) * 3, bits);
  for (size_t i = 2; i < permutes.size(); i += 3) permutes[i] &= 0x7777;
  check<BytePermute>("byte-permute", permutes);
  Words codes = Operands::words(size_t(threads), bits);
  for (uint32_t i = 0; i < 256; i++) codes[i] = i * 0x01010101u;
  check<ExpandToF16>("codes-to-f16", codes);
  check<ExpandToBf16>("codes-to-bf16", codes);
  check<SubtractF16x2>("subtract-f16x2", Operands::words(size_t(threads) * 2, [&] {
                         const uint32_t low = operands.finite_half();
                         return low | uint32_t(operands.finite_half()) << 16;
                       }));
  uint32_t pattern = 0;
  check<HalfToFloat>("half-to-float", Operands::words(65536, [&] {
                       const uint32_t half = pattern++;
                       return (half & 0x7C00) == 0x7C00 && (half & 0x3FF) != 0 ? 0 : half;
                     }));
  check<FloatToHalf>("float-to-half", Operands::words(size_t(threads), bits));
  // In the range of float16, half of them exactly between two of its numbers.
  check<FloatToHalf>("float-to-half-near", Operands::words(65536, [&] {
                       const uint32_t value = (operands.bits() & 0x80FFFFFF) | uint32_t(operands.integer(98, 143)) << 23;
                       return operands.bits() % 2 == 0 ? value : (value & 0xFFFFE000) | 0x1000;
                     }));
  check<FloatToBfloat16>("float-to-bfloat16", Operands::words(size_t(threads), bits));
  check<FloatToBfloat16>("float-to-bfloat16-ties", Operands::words(size_t(threads), [&] { return (operands.bits() & 0xFFFF0000) | 0x8000; }));
  check<FloatToInteger>("float-to-integer", Operands::words(size_t(threads), bits));
  check<FloatToInteger>("float-to-integer-ties", Operands::words(size_t(threads), [&] { return float_bits(float(operands.integer(-70000, 70000)) * 0.5f); }));
  check<IntegersToFloat>("integers-to-float", Operands::words(size_t(threads) * 2, bits));
}

void check_arithmetic(Operands& operands) {
  Words numbers = Operands::words(size_t(threads) * 3, [&] { return operands.finite_float(); });
  for (size_t i = 1; i < numbers.size(); i += 3)
    if ((numbers[i] & 0x7FFFFFFF) == 0) numbers[i] = 1;
  check<Arithmetic>("arithmetic", numbers);
  // Close exponents and subnormal numbers: quotients and sums that round.
  for (uint32_t& number : numbers) number = (number & 0x807FFFFF) | uint32_t(operands.integer(120, 134)) << 23;
  check<Arithmetic>("arithmetic-close", numbers);
  for (uint32_t& number : numbers) number = (number & 0x807FFFFF) | uint32_t(operands.integer(0, 2)) << 23 | 1;
  check<Arithmetic>("arithmetic-subnormal", numbers);
}

void check_threads(Operands& operands) {
  check<ShuffleXor>("shuffle-xor", Operands::words(size_t(threads), [&] { return operands.bits(); }));
  const Words valid = Operands::words(size_t(threads) * 2, [&] { return operands.bits() % 2 == 0 ? 16 : operands.bits() % 17; });
  uint32_t* x = to_device(Operands::words(size_t(threads) * 8, [&] { return operands.bits(); }));
  uint32_t* bytes = to_device(valid);
  uint32_t* y = to_device(Words(size_t(threads) * 8, 0xDEADBEEF));
  OCTET_LAUNCH(run_copies, dim3(threads / step_block), dim3(step_block), size_t(2 * step_block * 16), nullptr, x, bytes, y);
  print("copy-async", y, size_t(threads) * 8);
}

}  // namespace
}  // namespace octet

int main() {
  octet::require(cudaSetDevice(0), "no NVIDIA GPU can be used");
  octet::Operands operands(octet::seed);
  octet::check_tensor_cores(operands);
  octet::check_warpgroups(operands);
  octet::check_conversions(operands);
  octet::check_arithmetic(operands);
  octet::check_threads(operands);
  octet::run_linear_cases(operands, [](const char* name, const octet::Words& y) { octet::print(name, y); });
  return 0;
}
