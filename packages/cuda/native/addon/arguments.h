// Arguments from JavaScript, checked. A wrong one is a bug of the TypeScript above: it gets a TypeError, never a wild pointer.
#pragma once
#include <napi.h>

#include <cstdint>

#include "failure.h"

namespace octet {

constexpr int64_t largest_size = int64_t(1) << 46;

/** A field that is an integer from 0 to `most`. */
inline int64_t integer_field(const Napi::Object& object, const char* name, int64_t most = largest_size) {
  const Napi::Value value = object.Get(name);
  if (value.IsNumber()) {
    const double number = value.As<Napi::Number>().DoubleValue();
    if (number >= 0 && number <= double(most) && number == double(int64_t(number))) return int64_t(number);
  }
  throw Failure{"", std::string(name) + " is no integer from 0 to " + std::to_string(most)};
}

/** An argument that is an integer from 0 to `most`; `fallback` where there is none. */
inline uint64_t integer_argument(const Napi::CallbackInfo& info, size_t index, uint64_t fallback, uint64_t most) {
  if (info[index].IsUndefined()) return fallback;
  if (info[index].IsNumber()) {
    const double number = info[index].As<Napi::Number>().DoubleValue();
    if (number >= 0 && number <= double(most) && number == double(uint64_t(number))) return uint64_t(number);
  }
  throw Failure{"", "argument " + std::to_string(index) + " is no integer from 0 to " + std::to_string(most)};
}

/** A field that is an integer and may be negative. */
inline int signed_field(const Napi::Object& object, const char* name) {
  const Napi::Value value = object.Get(name);
  if (!value.IsNumber()) throw Failure{"", std::string(name) + " is no integer"};
  return value.As<Napi::Number>().Int32Value();
}

inline uint64_t product(uint64_t a, uint64_t b) {
  uint64_t result;
  if (__builtin_mul_overflow(a, b, &result) || result > uint64_t(largest_size)) throw Failure{"", "sizes beyond what a device can hold"};
  return result;
}

/** Bytes of an element: core's floatDTypes, then int8. */
inline uint64_t element_bytes(int64_t dtype) { return dtype == 0 ? 4 : dtype == 3 ? 1 : 2; }

inline Napi::Object object_argument(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsObject()) throw Failure{"", "argument " + std::to_string(index) + " is no object"};
  return info[index].As<Napi::Object>();
}

}  // namespace octet
