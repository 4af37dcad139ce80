// One device as one backend uses it: a stream on which everything runs in call order, memory, and staging between host and device.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "failure.h"
#include "staging.h"

namespace octet {

class Context;

/** Why the last context that is gone could not give something back, once; empty when all is well. */
std::string take_cleanup_failure();

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
  /** Whether nothing was enqueued since `settle_codes` but allocations: the next linear may start early, see LaunchPlace. */
  bool codes_settled() const { return codes_settled_; }
  /** Says that what was enqueued last wrote no codes. */
  void settle_codes() { codes_settled_ = true; }
  /** Throws what CUDA returned. A device that fails in any other way than running out of memory is lost. */
  void check(cudaError_t error, const char* doing);
  /** Throws what the launch of a kernel met. */
  void check_launch(const char* op) { check(cudaGetLastError(), op); }
  /**
   * Takes what a call that gives something back returned. It throws nothing, so that destructors may call it: a failure means that the
   * device is lost, as the next call says, or else `take_cleanup_failure`.
   */
  void give_back(cudaError_t error, const char* doing);
  /** Remembers a failure that was seen elsewhere. */
  void lose(const Failure& failure);
  bool lost() const { return lost_; }

  std::shared_ptr<Memory> allocate(size_t bytes);
  /** Copies from the host; `source` may change as soon as this returns. */
  void upload(const Memory& target, const void* source, size_t bytes);

  /** Copies at most a piece to the host, and waits for all that was enqueued before. */
  void read_now(const void* source, size_t bytes, void* target);
  /** Copies to the host, once the source is written. For a thread that may wait, with the device made current. */
  cudaError_t download(void* target, const void* source, size_t bytes) { return lane_.copy(target, source, bytes); }
  /** Whether a copy to the host can be enqueued through staging. */
  bool has_staging(size_t bytes) const { return staging_.has_room(bytes); }
  Staging take_staging(size_t bytes);
  void give_staging(Staging staging);
  /** A wait for the device is over: what it finished is taken back. */
  void rest();

  bool capturing() const { return captured_ != nullptr; }
  void begin_capture();
  /** The graph, and the memory that its kernels work in. */
  cudaGraphExec_t end_capture(std::vector<std::shared_ptr<Memory>>* memory);

  /** Ends and drops an unfinished capture, if there is one. */
  void abandon_capture();

  /** Refuses everything from now on. Memory lives on until its last owner is gone. */
  void close();

 private:
  struct Upload {
    Staging staging;
    cudaEvent_t done;
  };
  void reap_uploads(size_t most_bytes);
  void free_memory(void* data);
  cudaError_t stop_capture(cudaGraph_t* graph, std::vector<std::shared_ptr<Memory>>* memory);
  cudaStream_t open_stream();

  cudaStream_t stream_ = nullptr, side_stream_ = nullptr;
  bool closed_ = false, lost_ = false, codes_settled_ = false;
  Failure loss_;
  /** Why something could not be given back, until a call says so. */
  std::string untold_;
  StagingPool staging_;
  DownloadLane lane_;
  std::deque<Upload> uploads_;
  size_t upload_bytes_ = 0;
  std::unique_ptr<std::vector<std::shared_ptr<Memory>>> captured_;
  /** Memory freed during a capture, which must not become part of the graph. */
  std::vector<void*> free_after_capture_;

  friend class Memory;
};

}  // namespace octet
