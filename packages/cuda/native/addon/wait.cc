#include "wait.h"

#include <cstring>
#include <optional>

namespace octet {
namespace {

class Wait : public Napi::AsyncWorker {
 public:
  Wait(Napi::Env env, std::shared_ptr<Context> context, std::shared_ptr<Memory> source, size_t bytes)
      : Napi::AsyncWorker(env), context_(std::move(context)), source_(std::move(source)), bytes_(bytes), deferred_(env) {
    cudaStream_t stream = context_->stream();
    if (context_->capturing()) throw Failure{"ERR_UNSUPPORTED", "nothing can be read while a chain is captured"};
    try {
      if (source_ != nullptr) {
        Napi::ArrayBuffer result = Napi::ArrayBuffer::New(env, bytes_);
        target_ = result.Data();
        result_ = Napi::Reference<Napi::ArrayBuffer>::New(result, 1);
        staging_ = context_->take_staging(bytes_);
        context_->check(cudaMemcpyAsync(staging_.data, source_->data, bytes_, cudaMemcpyDeviceToHost, stream), "downloading");
      }
      context_->check(cudaEventCreateWithFlags(&done_, cudaEventDisableTiming | cudaEventBlockingSync), "waiting for the device");
      context_->check(cudaEventRecord(done_, stream), "waiting for the device");
    } catch (...) {
      give_back();
      throw;
    }
  }

  Napi::Promise promise() const { return deferred_.Promise(); }

  // On a thread of the pool: no JavaScript here.
  void Execute() override {
    cudaError_t error = cudaSetDevice(context_->index);
    if (error == cudaSuccess) error = cudaEventSynchronize(done_);
    if (error != cudaSuccess) {
      failure_ = failure_of(error, "waiting for the device");
      SetError(failure_->message);
    } else if (bytes_ > 0) {
      memcpy(target_, staging_.data, bytes_);
    }
  }

  void OnOK() override {
    give_back();
    deferred_.Resolve(result_.IsEmpty() ? Env().Undefined() : Napi::Value(result_.Value()));
  }

  void OnError(const Napi::Error&) override {
    if (failure_->code == "ERR_DEVICE_LOST") context_->lose(*failure_);
    give_back();
    deferred_.Reject(failure_->to_value(Env()));
  }

 private:
  void give_back() {
    if (done_ != nullptr) cudaEventDestroy(done_);
    if (staging_.data != nullptr) context_->give_staging(staging_);
    done_ = nullptr;
    staging_ = {};
  }

  std::shared_ptr<Context> context_;
  std::shared_ptr<Memory> source_;
  size_t bytes_;
  Napi::Promise::Deferred deferred_;
  Napi::Reference<Napi::ArrayBuffer> result_;
  void* target_ = nullptr;
  Staging staging_;
  cudaEvent_t done_ = nullptr;
  std::optional<Failure> failure_;
};

}  // namespace

Napi::Value wait_for_device(Napi::Env env, std::shared_ptr<Context> context, std::shared_ptr<Memory> source, size_t bytes) {
  auto* wait = new Wait(env, std::move(context), std::move(source), bytes);
  const Napi::Promise promise = wait->promise();
  wait->Queue();
  return promise;
}

}  // namespace octet
