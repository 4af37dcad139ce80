#include "device.h"

#include "arguments.h"
#include "wait.h"

namespace octet {

Napi::Function Device::define(Napi::Env env) {
  return DefineClass(env, "Device",
                     {InstanceMethod<&Device::describe>("describe"), InstanceMethod<&Device::allocate>("allocate"),
                      InstanceMethod<&Device::upload>("upload"), InstanceMethod<&Device::read>("read"),
                      InstanceMethod<&Device::zero>("zero"), InstanceMethod<&Device::copy>("copy"),
                      InstanceMethod<&Device::launch>("launch"),
                      InstanceMethod<&Device::synchronize>("synchronize"), InstanceMethod<&Device::begin_capture>("beginCapture"),
                      InstanceMethod<&Device::end_capture>("endCapture"),
                      InstanceMethod<&Device::abandon_capture>("abandonCapture"), InstanceMethod<&Device::read_now>("readNow"),
                      InstanceMethod<&Device::close>("close")});
}

Device::Device(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Device>(info) {
  guarded(info.Env(), [&] {
    if (!info[0].IsNumber()) throw Failure{"", "the index of a device is a number"};
    context_ = std::make_shared<Context>(info[0].As<Napi::Number>().Int32Value());
    return info.Env().Undefined();
  });
}

Napi::Value Device::describe(const Napi::CallbackInfo& info) {
  Napi::Object result = Napi::Object::New(info.Env());
  const DeviceReport& report = context_->report;
  result.Set("name", report.name);
  result.Set("totalBytes", double(report.total_bytes));
  result.Set("capability", report.capability);
  result.Set("multiprocessors", report.multiprocessors);
  return result;
}

Napi::Value Device::allocate(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    if (!info[0].IsNumber()) throw Failure{"", "a number of bytes is needed"};
    const double bytes = info[0].As<Napi::Number>().DoubleValue();
    if (!(bytes >= 0 && bytes <= double(largest_size))) throw Failure{"", "that is no number of bytes"};
    return Buffer::make(info.Env(), context_->allocate(size_t(bytes)));
  });
}

Napi::Value Device::upload(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    if (!info[1].IsTypedArray()) throw Failure{"", "a typed array is needed"};
    if (context_->capturing()) throw Failure{"ERR_UNSUPPORTED", "nothing can be uploaded while launches are captured; upload it before"};
    const auto array = info[1].As<Napi::TypedArray>();
    const size_t bytes = array.ByteLength();
    const Memory& target = Buffer::memory_of(info[0], *context_, bytes, "the target");
    if (bytes > 0) context_->upload(target, static_cast<const char*>(array.ArrayBuffer().Data()) + array.ByteOffset(), bytes);
    return info.Env().Undefined();
  });
}

Source Device::source_of(const Napi::CallbackInfo& info) {
  Source source{Buffer::share(info[0], *context_, 0, "the source")};
  const uint64_t size = source.memory->bytes;
  source.offset = integer_argument(info, 1, 0, size);
  source.bytes = integer_argument(info, 2, size - source.offset, size - source.offset);
  source.changes = info[3].ToBoolean();
  return source;
}

Napi::Value Device::read(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] { return wait_for_device(info.Env(), context_, source_of(info)); });
}

Napi::Value Device::read_now(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Source source = source_of(info);
    if (source.bytes > piece_bytes) throw Failure{"", "more than " + std::to_string(piece_bytes) + " bytes cannot be read at once"};
    if (context_->capturing()) throw Failure{"ERR_UNSUPPORTED", "nothing can be read while launches are captured"};
    Napi::ArrayBuffer result = Napi::ArrayBuffer::New(info.Env(), source.bytes);
    context_->read_now(source.start(), source.bytes, result.Data());
    return result;
  });
}

Napi::Value Device::zero(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Memory& target = Buffer::memory_of(info[0], *context_, 0, "the target");
    context_->check(cudaMemsetAsync(target.data, 0, target.bytes, context_->stream()), "clearing memory");
    return info.Env().Undefined();
  });
}

Napi::Value Device::copy(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const uint64_t size = Buffer::memory_of(info[1], *context_, 0, "the source").bytes;
    const uint64_t target_offset = integer_argument(info, 2, 0, uint64_t(largest_size));
    const uint64_t source_offset = integer_argument(info, 3, 0, size);
    const uint64_t bytes = integer_argument(info, 4, size - source_offset, size - source_offset);
    const Memory& source = Buffer::memory_of(info[1], *context_, 0, "the source");
    const Memory& target = Buffer::memory_of(info[0], *context_, target_offset + bytes, "the target");
    context_->check(cudaMemcpyAsync(static_cast<char*>(target.data) + target_offset, static_cast<const char*>(source.data) + source_offset,
                                    bytes, cudaMemcpyDeviceToDevice, context_->stream()),
                    "copying");
    return info.Env().Undefined();
  });
}

Napi::Value Device::synchronize(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] { return wait_for_device(info.Env(), context_, {}); });
}

Napi::Value Device::begin_capture(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    context_->begin_capture();
    return info.Env().Undefined();
  });
}

Napi::Value Device::end_capture(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    std::vector<std::shared_ptr<Memory>> memory;
    cudaGraphExec_t executable = context_->end_capture(&memory);
    return Graph::make(info.Env(), context_, executable, std::move(memory));
  });
}

Napi::Value Device::abandon_capture(const Napi::CallbackInfo& info) {
  context_->abandon_capture();
  return info.Env().Undefined();
}

Napi::Value Device::close(const Napi::CallbackInfo& info) {
  context_->close();
  return info.Env().Undefined();
}

}  // namespace octet
