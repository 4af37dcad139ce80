// Device memory and captured graphs as objects of JavaScript.
#pragma once
#include <napi.h>

#include <memory>
#include <vector>

#include "context.h"

namespace octet {

/** Device memory. Freed by free(), or when it is collected. */
class Buffer : public Napi::ObjectWrap<Buffer> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Object make(Napi::Env env, std::shared_ptr<Memory> memory);
  explicit Buffer(const Napi::CallbackInfo& info);

  /** The memory behind a value, of at least `bytes`, on this device. @throws Failure for anything else */
  static const Memory& memory_of(Napi::Value value, const Context& context, uint64_t bytes, const char* what);
  static std::shared_ptr<Memory> share(Napi::Value value, const Context& context, uint64_t bytes, const char* what);

 private:
  Napi::Value free(const Napi::CallbackInfo& info);
  std::shared_ptr<Memory> memory_;
};

/** Captured launches, with the memory that it works in. */
class Graph : public Napi::ObjectWrap<Graph> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Object make(Napi::Env env, std::shared_ptr<Context> context, cudaGraphExec_t executable,
                           std::vector<std::shared_ptr<Memory>> memory);
  explicit Graph(const Napi::CallbackInfo& info);
  ~Graph();

 private:
  Napi::Value launch(const Napi::CallbackInfo& info);
  Napi::Value free(const Napi::CallbackInfo& info);
  void release();

  std::shared_ptr<Context> context_;
  cudaGraphExec_t executable_ = nullptr;
  std::vector<std::shared_ptr<Memory>> memory_;
};

/** What the addon keeps per environment: each worker thread of Node has its own. */
struct Constructors {
  Napi::FunctionReference buffer, graph;
};

}  // namespace octet
