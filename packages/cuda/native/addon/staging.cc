#include "staging.h"

#include <algorithm>
#include <cstring>

namespace octet {
namespace {

constexpr size_t smallest_staging = size_t(64) << 10;
constexpr size_t most_pinned_bytes = size_t(32) << 20;
constexpr size_t rests_before_release = 64;

size_t staging_bytes(size_t bytes) {
  size_t wanted = smallest_staging;
  while (wanted < bytes) wanted *= 2;
  return wanted;
}

/** The first error of calls that all have to be made. */
void keep_first(cudaError_t* first, cudaError_t error) {
  if (*first == cudaSuccess) *first = error;
}

}  // namespace

bool StagingPool::has_room(size_t bytes) const { return bytes <= piece_bytes && lent_bytes_ + staging_bytes(bytes) <= most_pinned_bytes; }

cudaError_t StagingPool::take(size_t bytes, Staging* staging) {
  const size_t wanted = staging_bytes(bytes);
  // The latest first, so that what is not needed comes to rest.
  const auto found = std::find_if(kept_.rbegin(), kept_.rend(), [&](const Kept& kept) { return kept.staging.bytes == wanted; });
  if (found != kept_.rend()) {
    *staging = found->staging;
    kept_.erase(std::next(found).base());
  } else {
    while (!kept_.empty() && pinned_bytes_ + wanted > most_pinned_bytes) {
      const cudaError_t error = release(kept_.begin());
      if (error != cudaSuccess) return error;
    }
    const cudaError_t error = cudaMallocHost(&staging->data, wanted);
    if (error != cudaSuccess) return error;
    staging->bytes = wanted;
    pinned_bytes_ += wanted;
  }
  lent_bytes_ += wanted;
  return cudaSuccess;
}

cudaError_t StagingPool::give(Staging staging) {
  lent_bytes_ -= staging.bytes;
  kept_.push_back({staging, rests_});
  return pinned_bytes_ > most_pinned_bytes ? release(kept_.begin()) : cudaSuccess;
}

cudaError_t StagingPool::rest() {
  rests_++;
  return !kept_.empty() && kept_.front().since + rests_before_release < rests_ ? release(kept_.begin()) : cudaSuccess;
}

cudaError_t StagingPool::clear() {
  cudaError_t first = cudaSuccess;
  while (!kept_.empty()) keep_first(&first, release(kept_.begin()));
  return first;
}

cudaError_t StagingPool::release(std::vector<Kept>::iterator kept) {
  const Staging staging = kept->staging;
  kept_.erase(kept);
  pinned_bytes_ -= staging.bytes;
  return cudaFreeHost(staging.data);
}

cudaError_t DownloadLane::copy(void* target, const void* source, size_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_rests_ = 0;
  const cudaError_t error = open();
  return error == cudaSuccess ? copy_pieces(static_cast<char*>(target), static_cast<const char*>(source), bytes) : error;
}

/** Makes what is not there yet: a call that ran out of memory is taken up by the next one. */
cudaError_t DownloadLane::open() {
  cudaError_t error = stream_ == nullptr ? cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking) : cudaSuccess;
  for (int i = 0; i < 2; i++) {
    if (error == cudaSuccess && pieces_[i] == nullptr) error = cudaMallocHost(&pieces_[i], piece_bytes);
    if (error == cudaSuccess && copied_[i] == nullptr)
      error = cudaEventCreateWithFlags(&copied_[i], cudaEventDisableTiming | cudaEventBlockingSync);
  }
  return error;
}

/** The device fills one piece while the other one is emptied. */
cudaError_t DownloadLane::copy_pieces(char* target, const char* source, size_t bytes) {
  const size_t count = (bytes + piece_bytes - 1) / piece_bytes;
  const auto length = [&](size_t piece) { return std::min(piece_bytes, bytes - piece * piece_bytes); };
  for (size_t next = 0; next <= count; next++) {
    if (next < count) {
      cudaError_t error = cudaMemcpyAsync(pieces_[next % 2], source + next * piece_bytes, length(next), cudaMemcpyDeviceToHost, stream_);
      if (error == cudaSuccess) error = cudaEventRecord(copied_[next % 2], stream_);
      if (error != cudaSuccess) return error;
    }
    if (next == 0) continue;
    const size_t done = next - 1;
    const cudaError_t error = cudaEventSynchronize(copied_[done % 2]);
    if (error != cudaSuccess) return error;
    memcpy(target + done * piece_bytes, pieces_[done % 2], length(done));
  }
  return cudaSuccess;
}

cudaError_t DownloadLane::rest() {
  const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
  return lock.owns_lock() && ++idle_rests_ > rests_before_release ? close() : cudaSuccess;
}

cudaError_t DownloadLane::close() {
  cudaError_t first = cudaSuccess;
  for (int i = 0; i < 2; i++) {
    if (copied_[i] != nullptr) keep_first(&first, cudaEventDestroy(copied_[i]));
    if (pieces_[i] != nullptr) keep_first(&first, cudaFreeHost(pieces_[i]));
    copied_[i] = nullptr;
    pieces_[i] = nullptr;
  }
  if (stream_ != nullptr) keep_first(&first, cudaStreamDestroy(stream_));
  stream_ = nullptr;
  return first;
}

}  // namespace octet
