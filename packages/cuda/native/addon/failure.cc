#include "failure.h"

namespace octet {

Napi::Value Failure::to_value(Napi::Env env) const {
  Napi::Object value = code.empty() ? Napi::TypeError::New(env, message).Value() : Napi::Error::New(env, message).Value();
  if (!code.empty()) value.Set("octetCode", code);
  return value;
}

Failure failure_of(cudaError_t error, const std::string& doing) {
  std::string message = doing + ": " + cudaGetErrorName(error) + ", " + cudaGetErrorString(error);
  switch (error) {
    case cudaErrorMemoryAllocation: return {"ERR_OUT_OF_MEMORY", message + "; dispose tensors, or split the work"};
    case cudaErrorNoDevice:
    case cudaErrorInsufficientDriver:
    case cudaErrorInvalidDevice:
    case cudaErrorInitializationError:
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorUnsupportedPtxVersion: return {"ERR_UNAVAILABLE", message};
    default: return {"ERR_DEVICE_LOST", message + "; make a new backend and upload again"};
  }
}

}  // namespace octet
