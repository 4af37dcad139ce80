// Arguments from JavaScript, checked. A wrong one is a bug of the TypeScript above: it gets a TypeError, never a wild pointer.
#pragma once
#include <napi.h>

#include <cstdint>

#include "failure.h"

namespace octet {

constexpr int64_t largest_size = int64_t(1) << 46;

/** An argument that is an integer from 0 to `most`; `fallback` where there is none. */
inline uint64_t integer_argument(const Napi::CallbackInfo& info, size_t index, uint64_t fallback, uint64_t most) {
  if (info[index].IsUndefined()) return fallback;
  if (info[index].IsNumber()) {
    const double number = info[index].As<Napi::Number>().DoubleValue();
    if (number >= 0 && number <= double(most) && number == double(uint64_t(number))) return uint64_t(number);
  }
  throw Failure{"", "argument " + std::to_string(index) + " must be an integer from 0 to " + std::to_string(most)};
}

}  // namespace octet
