#include "wait.h"

#include <cstring>
#include <optional>

namespace octet {
namespace {

class Wait : public Napi::AsyncWorker {
 public:
  Wait(Napi::Env env, std::shared_ptr<Context> context, Source source)
      : Napi::AsyncWorker(env), context_(std::move(context)), source_(std::move(source)), deferred_(env) {
    cudaStream_t stream = context_->stream();
    if (context_->capturing()) throw Failure{"ERR_UNSUPPORTED", "nothing can be read while launches are captured"};
    try {
      if (source_.memory != nullptr) {
        Napi::ArrayBuffer result = Napi::ArrayBuffer::New(env, source_.bytes);
        target_ = result.Data();
        result_ = Napi::Reference<Napi::ArrayBuffer>::New(result, 1);
        if (source_.bytes > 0 && context_->has_staging(source_.bytes)) {
          staging_ = context_->take_staging(source_.bytes);
          context_->check(cudaMemcpyAsync(staging_.data, source_.start(), source_.bytes, cudaMemcpyDeviceToHost, stream), "downloading");
        } else if (source_.bytes > 0 && source_.changes) {
          keep_source(stream);
        }
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
    const char* doing = "waiting for the device";
    if (error == cudaSuccess && source_.bytes > 0) {
      if (staging_.data != nullptr) {
        memcpy(target_, staging_.data, source_.bytes);
      } else {
        error = context_->download(target_, source_.start(), source_.bytes);
        doing = "downloading";
      }
    }
    if (error == cudaSuccess) return;
    failure_ = failure_of(error, doing);
    SetError(failure_->message);
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
  /** Goes on with a copy of the source as it is at this place of the stream. */
  void keep_source(cudaStream_t stream) {
    const std::shared_ptr<Memory> kept = context_->allocate(source_.bytes);
    context_->check(cudaMemcpyAsync(kept->data, source_.start(), source_.bytes, cudaMemcpyDeviceToDevice, stream), "downloading");
    source_ = {kept, 0, source_.bytes};
  }

  void give_back() {
    if (done_ != nullptr && !context_->lost()) context_->give_back(cudaEventDestroy(done_), "ending a wait");
    if (staging_.data != nullptr) context_->give_staging(staging_);
    done_ = nullptr;
    staging_ = {};
    context_->rest();
  }

  std::shared_ptr<Context> context_;
  Source source_;
  Napi::Promise::Deferred deferred_;
  Napi::Reference<Napi::ArrayBuffer> result_;
  void* target_ = nullptr;
  Staging staging_;
  cudaEvent_t done_ = nullptr;
  std::optional<Failure> failure_;
};

}  // namespace

Napi::Value wait_for_device(Napi::Env env, std::shared_ptr<Context> context, Source source) {
  auto* wait = new Wait(env, std::move(context), std::move(source));
  const Napi::Promise promise = wait->promise();
  wait->Queue();
  return promise;
}

}  // namespace octet
