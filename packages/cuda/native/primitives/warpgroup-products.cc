#include "warpgroup-products.h"

namespace octet {
namespace {

float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

/** Element `place` of a row of eight words. */
int32_t element(WarpgroupType type, const uint32_t* row, int place) {
  if (type == WarpgroupType::s8) return int8_t(row[place / 4] >> place % 4 * 8);
  const uint32_t bits = row[place / 2] >> place % 2 * 16 & 0xFFFF;
  if (type == WarpgroupType::bf16) return int32_t(float_of(bits << 16));
  return bits == 0 ? 0 : int32_t(float_of((bits & 0x8000) << 16 | ((bits & 0x7FFF) << 13) + (112u << 23)));
}

}  // namespace

Words expected_sums(const WarpgroupProduct& product) {
  const int places = product.type == WarpgroupType::s8 ? 32 : 16;
  Words sums;
  for (int row = 0; row < 64; row++)
    for (int column = 0; column < product.columns; column++) {
      int32_t sum = 0;
      for (int place = 0; place < places; place++)
        sum += element(product.type, product.left.data() + row * 8, place) * element(product.type, product.right.data() + column * 8, place);
      sums.push_back(product.type == WarpgroupType::s8 ? uint32_t(sum) : float_bits(float(sum)));
    }
  return sums;
}

#ifdef OCTET_EMULATED_BUILD
Words device_sums(const WarpgroupProduct& product) { return expected_sums(product); }
#endif

}  // namespace octet
