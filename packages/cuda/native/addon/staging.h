// Pinned memory of the host, through which copies between host and device go in pieces.
#pragma once
#include <cstddef>
#include <mutex>
#include <vector>

#include "platform.h"

namespace octet {

/** Bytes that are copied at once, at most. */
constexpr size_t piece_bytes = size_t(4) << 20;

struct Staging {
  void* data = nullptr;
  size_t bytes = 0;
};

/** Pieces for copies that are enqueued by the thread of JavaScript, the only one that calls this. */
class StagingPool {
 public:
  /** Memory of at least `bytes`, at most a piece. */
  cudaError_t take(size_t bytes, Staging* staging);
  /** Takes memory back that no copy uses any more, for the next one or for good. */
  cudaError_t give(Staging staging);
  /** Whether a copy that need not wait can have so much now, within what the pool may pin. */
  bool has_room(size_t bytes) const;
  /** One wait for the device is over: memory that no copy wanted during many of them is freed, one piece a call. */
  cudaError_t rest();
  cudaError_t clear();

 private:
  struct Kept {
    Staging staging;
    size_t since;
  };
  cudaError_t release(std::vector<Kept>::iterator kept);

  /** What is not lent, in the order in which it came back. */
  std::vector<Kept> kept_;
  size_t pinned_bytes_ = 0, lent_bytes_ = 0, rests_ = 0;
};

/** Copies to the host that are too large for the pool, one at a time, by threads that may wait. It has a stream and two pieces of its own. */
class DownloadLane {
 public:
  /** Copies from the current device. The source must be written already, and stay. */
  cudaError_t copy(void* target, const void* source, size_t bytes);
  /** One wait for the device is over: gives everything back when many of them had no use for it. */
  cudaError_t rest();
  /** Gives everything back. No copy may be going on. */
  cudaError_t close();

 private:
  cudaError_t open();
  cudaError_t copy_pieces(char* target, const char* source, size_t bytes);

  std::mutex mutex_;
  size_t idle_rests_ = 0;
  cudaStream_t stream_ = nullptr;
  void* pieces_[2] = {};
  cudaEvent_t copied_[2] = {};
};

}  // namespace octet
