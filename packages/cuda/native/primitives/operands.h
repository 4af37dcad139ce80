// Random operands that are the same in every build: both platforms must be asked the same.
#pragma once
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

namespace octet {

using Words = std::vector<uint32_t>;

class Operands {
 public:
  explicit Operands(uint64_t seed) : engine_(seed) {}

  /** Any bits. std's distributions differ between libraries, its engines do not. */
  uint32_t bits() { return uint32_t(engine_() >> 32); }
  /** low .. high */
  int32_t integer(int32_t low, int32_t high) { return low + int32_t(bits() % uint32_t(high - low + 1)); }
  uint32_t finite_float() {
    const uint32_t value = bits();
    return (value & 0x7F800000) == 0x7F800000 ? value & 0xBFFFFFFF : value;
  }
  uint16_t finite_half() {
    const uint32_t value = bits() & 0xFFFF;
    return uint16_t((value & 0x7C00) == 0x7C00 ? value & 0xBFFF : value);
  }
  /** Products of two such numbers are normal float32 numbers. */
  uint16_t middling_bfloat16() { return uint16_t((bits() & 0x807F) | uint32_t(integer(66, 188)) << 7); }

  /** `count` words from `make`. */
  template <class Make>
  static Words words(size_t count, Make make) {
    Words result(count);
    for (uint32_t& word : result) word = make();
    return result;
  }

 private:
  std::mt19937_64 engine_;
};

inline uint32_t float_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

/** A whole number of at most 11 bits as float16. */
inline uint16_t half_of(int32_t value) {
  if (value == 0) return 0;
  const uint32_t bits = float_bits(float(value));
  return uint16_t((bits >> 16 & 0x8000) | (((bits >> 23 & 255) - 112) << 10) | (bits >> 13 & 1023));
}

/** A whole number of at most 8 bits as bfloat16. */
inline uint16_t bfloat16_of(int32_t value) { return uint16_t(float_bits(float(value)) >> 16); }

}  // namespace octet
