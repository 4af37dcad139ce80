// The addon's exports: what platform this is, and its devices.
#include <napi.h>

#include "buffer.h"
#include "device.h"

#ifdef OCTET_EMULATED_BUILD
#include "../emulator/block.h"
#include "../emulator/planted-bugs.h"
#endif

namespace octet {
namespace {

Napi::Value describe_platform(const Napi::CallbackInfo& info) {
  const PlatformReport report = report_platform();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("platform", platform_name);
  result.Set("driverVersion", report.driver_version);
  result.Set("runtimeVersion", report.runtime_version);
  result.Set("deviceCount", report.device_count);
  Napi::Array capabilities = Napi::Array::New(info.Env());
  for (size_t index = 0; index < report.capabilities.size(); index++) capabilities.Set(uint32_t(index), report.capabilities[index]);
  result.Set("capabilities", capabilities);
  result.Set("machineCode", machine_code);
  result.Set("error", report.error == cudaSuccess ? "" : std::string(cudaGetErrorName(report.error)) + ", " + cudaGetErrorString(report.error));
  return result;
}

Napi::Value take_cleanup_failure(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), octet::take_cleanup_failure()); }

#ifdef OCTET_EMULATED_BUILD
/** (seed, earlyCopies): how the emulator runs kernels on this thread from now on. */
Napi::Value configure_emulator(const Napi::CallbackInfo& info) {
  emulator::settings().seed = info[0].ToNumber().Uint32Value();
  emulator::settings().early_copies = info[1].ToBoolean();
  return info.Env().Undefined();
}

/** (name): the next call of that function of CUDA's fails on this thread, though it does what it should. */
Napi::Value fail_next_call(const Napi::CallbackInfo& info) {
  emulatorFailNext(info[0].ToString().Utf8Value().c_str());
  return info.Env().Undefined();
}

/** Bytes that the process has now: of the device, and pinned; and the most pinned since this was asked before. */
Napi::Value emulated_memory(const Napi::CallbackInfo& info) {
  const EmulatorMemory memory = emulatorMemory();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("device", double(memory.device));
  result.Set("pinned", double(memory.pinned));
  result.Set("mostPinned", double(memory.most_pinned));
  return result;
}

/** (name): runs a kernel with a known bug. Returns what the emulator found, or an empty string. */
Napi::Value run_planted_bug(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), emulator::run_planted_bug(info[0].ToString()));
}
#endif

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  auto* constructors = new Constructors;
  env.SetInstanceData(constructors);
  constructors->buffer = Napi::Persistent(Buffer::define(env));
  constructors->graph = Napi::Persistent(Graph::define(env));
  exports.Set("Device", Device::define(env));
  exports.Set("takeCleanupFailure", Napi::Function::New(env, take_cleanup_failure, "takeCleanupFailure"));
  exports.Set("describePlatform", Napi::Function::New(env, describe_platform, "describePlatform"));
#ifdef OCTET_EMULATED_BUILD
  exports.Set("configureEmulator", Napi::Function::New(env, configure_emulator, "configureEmulator"));
  exports.Set("failNextCall", Napi::Function::New(env, fail_next_call, "failNextCall"));
  exports.Set("emulatedMemory", Napi::Function::New(env, emulated_memory, "emulatedMemory"));
  exports.Set("runPlantedBug", Napi::Function::New(env, run_planted_bug, "runPlantedBug"));
#endif
  return exports;
}

}  // namespace
}  // namespace octet

Napi::Object initialize_octet(Napi::Env env, Napi::Object exports) { return octet::initialize(env, exports); }
NODE_API_MODULE(octet_cuda, initialize_octet)
