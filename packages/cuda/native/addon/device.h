// A device as an object of JavaScript: memory, copies, launches, capture.
#pragma once
#include "buffer.h"
#include "wait.h"

namespace octet {

class Device : public Napi::ObjectWrap<Device> {
 public:
  static Napi::Function define(Napi::Env env);
  /** new Device(index). @throws ERR_UNAVAILABLE */
  explicit Device(const Napi::CallbackInfo& info);

 private:
  Napi::Value describe(const Napi::CallbackInfo& info);
  Napi::Value allocate(const Napi::CallbackInfo& info);
  Napi::Value upload(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value read_now(const Napi::CallbackInfo& info);
  Napi::Value zero(const Napi::CallbackInfo& info);
  Napi::Value copy(const Napi::CallbackInfo& info);
  /** (number, record, ...memories): see launch-arguments.h. */
  Napi::Value launch(const Napi::CallbackInfo& info);
  Napi::Value synchronize(const Napi::CallbackInfo& info);
  Napi::Value begin_capture(const Napi::CallbackInfo& info);
  Napi::Value end_capture(const Napi::CallbackInfo& info);
  Napi::Value abandon_capture(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  /** (source, offset, bytes, changes), of which the last three may be left out. */
  Source source_of(const Napi::CallbackInfo& info);

  std::shared_ptr<Context> context_;
};

}  // namespace octet
