// The record of a launch as it comes from JavaScript, made into one that kernels may use: offsets become addresses, sizes are checked.
#pragma once
#include <cstring>

#include "../kernels/launch.h"
#include "arguments.h"
#include "buffer.h"

namespace octet {

/** A product of sizes that a device can hold. @throws Failure */
template <class... Factors>
uint64_t product(Factors... factors) {
  uint64_t result = 1;
  for (const int64_t factor : {int64_t(factors)...})
    if (factor < 0 || __builtin_mul_overflow(result, uint64_t(factor), &result) || result > uint64_t(largest_size))
      throw Failure{"", "sizes beyond what a device can hold"};
  return result;
}

/** The arguments of `Device.launch(number, record, ...memories)`. */
template <class Call>
class LaunchArguments {
 public:
  LaunchArguments(const Napi::CallbackInfo& info, const Context& context) {
    napi_typedarray_type type;
    size_t length;
    void* record;
    if (napi_get_typedarray_info(info.Env(), info[1], &type, &length, &record, nullptr, nullptr) != napi_ok || type != napi_uint8_array ||
        length != sizeof(Call))
      throw Failure{"", std::string("the record of ") + Call::name + " is a Uint8Array of " + std::to_string(sizeof(Call)) + " bytes"};
    unsigned char bytes[sizeof(Call)];
    memcpy(bytes, record, sizeof(Call));
    for (size_t i = 0; i < Call::memory_count; i++) {
      uint64_t offset;
      memcpy(&offset, bytes + i * sizeof(void*), sizeof(void*));
      void* address = nullptr;
      if (!info[2 + i].IsUndefined()) {
        const Memory& memory = Buffer::memory_of(info[2 + i], context, offset, Call::memory_names[i]);
        address = static_cast<char*>(memory.data) + offset;
        available_[i] = memory.bytes - offset;
      }
      memcpy(bytes + i * sizeof(void*), &address, sizeof(void*));
    }
    memcpy(static_cast<void*>(&call), bytes, sizeof(Call));
  }

  Call call;

  /** Checks that a memory of the call is there and holds so many bytes. @throws Failure */
  void require(void* const Call::* memory, uint64_t bytes) const {
    const auto place = reinterpret_cast<const char*>(&(call.*memory)) - reinterpret_cast<const char*>(&call);
    const size_t index = size_t(place) / sizeof(void*);
    const auto failure = [&](const std::string& text) {
      return Failure{"", std::string(Call::memory_names[index]) + " of " + Call::name + text};
    };
    if (call.*memory == nullptr) throw failure(" is missing");
    if (available_[index] < bytes)
      throw failure(" holds " + std::to_string(available_[index]) + " bytes, " + std::to_string(bytes) + " are needed");
  }

  /** Checks a number that names one of few. @throws Failure */
  void require_range(int32_t Call::* number, int32_t least, int32_t most, const char* what) const {
    if (call.*number >= least && call.*number <= most) return;
    throw Failure{"", std::string(what) + " of " + Call::name + " is " + std::to_string(call.*number)};
  }

 private:
  uint64_t available_[Call::memory_count] = {};
};

}  // namespace octet
