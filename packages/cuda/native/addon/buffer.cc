#include "buffer.h"

namespace octet {
namespace {

constexpr napi_type_tag buffer_tag = {0x6F637465742D6375, 0x64612D6275666665};

}  // namespace

// Only the addon makes buffers and graphs: a constructor called from JavaScript gives an empty one, which every use refuses.
Napi::Function Buffer::define(Napi::Env env) {
  return DefineClass(env, "DeviceBuffer", {InstanceMethod<&Buffer::free>("free")});
}

Buffer::Buffer(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Buffer>(info) {
  info.This().As<Napi::Object>().TypeTag(&buffer_tag);
}

Napi::Object Buffer::make(Napi::Env env, std::shared_ptr<Memory> memory) {
  Napi::Object object = env.GetInstanceData<Constructors>()->buffer.New({});
  Napi::ObjectWrap<Buffer>::Unwrap(object)->memory_ = std::move(memory);
  return object;
}

std::shared_ptr<Memory> Buffer::share(Napi::Value value, const Context& context, uint64_t bytes, const char* what) {
  const auto failure = [what](const char* code, const std::string& text) { return Failure{code, std::string(what) + text}; };
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&buffer_tag)) throw failure("", " is no buffer of this addon");
  Buffer* buffer = Napi::ObjectWrap<Buffer>::Unwrap(value.As<Napi::Object>());
  if (buffer == nullptr || buffer->memory_ == nullptr) throw failure("ERR_DISPOSED", " was freed");
  if (buffer->memory_->context.get() != &context) throw failure("ERR_FOREIGN_TENSOR", " belongs to another device");
  if (buffer->memory_->bytes < bytes)
    throw failure("", " holds " + std::to_string(buffer->memory_->bytes) + " bytes, " + std::to_string(bytes) + " are needed");
  return buffer->memory_;
}

const Memory& Buffer::memory_of(Napi::Value value, const Context& context, uint64_t bytes, const char* what) {
  return *share(value, context, bytes, what);
}

Napi::Value Buffer::free(const Napi::CallbackInfo& info) {
  memory_.reset();
  return info.Env().Undefined();
}

Napi::Function Graph::define(Napi::Env env) {
  return DefineClass(env, "DeviceGraph", {InstanceMethod<&Graph::launch>("launch"), InstanceMethod<&Graph::free>("free")});
}

Graph::Graph(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Graph>(info) {}

Graph::~Graph() { release(); }

Napi::Object Graph::make(Napi::Env env, std::shared_ptr<Context> context, cudaGraphExec_t executable,
                         std::vector<std::shared_ptr<Memory>> memory) {
  Napi::Object object = env.GetInstanceData<Constructors>()->graph.New({});
  Graph* graph = Napi::ObjectWrap<Graph>::Unwrap(object);
  graph->context_ = std::move(context);
  graph->executable_ = executable;
  graph->memory_ = std::move(memory);
  return object;
}

Napi::Value Graph::launch(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    if (executable_ == nullptr) throw Failure{"ERR_DISPOSED", "the graph was freed"};
    if (context_->capturing()) throw Failure{"ERR_UNSUPPORTED", "a graph cannot be launched while others are captured"};
    context_->check(cudaGraphLaunch(executable_, context_->stream()), "launching a graph");
    return info.Env().Undefined();
  });
}

Napi::Value Graph::free(const Napi::CallbackInfo& info) {
  release();
  return info.Env().Undefined();
}

void Graph::release() {
  if (executable_ == nullptr) return;
  // A graph that runs may be destroyed: CUDA keeps it to its end. Its memory is freed in stream order after it.
  if (!context_->lost()) {
    context_->give_back(cudaSetDevice(context_->index), "choosing the device");
    context_->give_back(cudaGraphExecDestroy(executable_), "freeing a graph");
  }
  executable_ = nullptr;
  memory_.clear();
}

}  // namespace octet
