// One device as one backend uses it: a stream on which everything runs in call order, memory, and staging between host and device.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "failure.h"

namespace octet {

class Context;

/** Device memory. It is given back in stream order, so that kernels enqueued before still find it. */
class Memory {
 public:
  Memory(std::shared_ptr<Context> context, void* data, size_t bytes);
  ~Memory();
  Memory(const Memory&) = delete;

  const std::shared_ptr<Context> context;
  void* const data;
  const size_t bytes;
};

/** Pinned memory of the host. */
struct Staging {
  void* data = nullptr;
  size_t bytes = 0;
};

class Context : public std::enable_shared_from_this<Context> {
 public:
  /** @throws Failure */
  explicit Context(int index);
  ~Context();
  Context(const Context&) = delete;

  const int index;
  DeviceReport report;

  /** The stream, with the device made current. @throws Failure once the device is lost or the context closed. */
  cudaStream_t stream();
  /** Whether nothing was enqueued since `settle_codes` but allocations: the next linear may start early, see LinearCall. */
  bool codes_settled() const { return codes_settled_; }
  /** Says that what was enqueued last wrote no codes. */
  void settle_codes() { codes_settled_ = true; }
  /** Throws what CUDA returned. A device that fails in any other way than running out of memory is lost. */
  void check(cudaError_t error, const char* doing);
  /** Throws what the launch of a kernel met. */
  void check_launch(const char* op) { check(cudaGetLastError(), op); }
  /** Remembers a failure that was seen elsewhere. */
  void lose(const Failure& failure);

  std::shared_ptr<Memory> allocate(size_t bytes);
  /** Copies from the host; `source` may change as soon as this returns. */
  void upload(const Memory& target, const void* source, size_t bytes);

  Staging take_staging(size_t bytes);
  void give_staging(Staging staging);

  bool capturing() const { return captured_ != nullptr; }
  void begin_capture();
  /** The graph, and the memory that its kernels work in. */
  cudaGraphExec_t end_capture(std::vector<std::shared_ptr<Memory>>* memory);

  /** Refuses everything from now on. Memory lives on until its last owner is gone. */
  void close() { closed_ = true; }

 private:
  struct Upload {
    Staging staging;
    cudaEvent_t done;
  };
  void reap_uploads(size_t most_bytes);
  cudaStream_t open_stream();

  cudaStream_t stream_ = nullptr, side_stream_ = nullptr;
  bool closed_ = false, lost_ = false, codes_settled_ = false;
  Failure loss_;
  std::vector<Staging> staging_;
  std::deque<Upload> uploads_;
  size_t upload_bytes_ = 0;
  std::unique_ptr<std::vector<std::shared_ptr<Memory>>> captured_;
  /** Memory freed during a capture, which must not become part of the graph. */
  std::vector<void*> free_after_capture_;

  friend class Memory;
};

}  // namespace octet
