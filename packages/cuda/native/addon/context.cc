#include "context.h"

#include <algorithm>
#include <cstring>

namespace octet {
namespace {

constexpr size_t upload_piece = size_t(4) << 20;      // bytes staged at once
constexpr size_t most_upload_bytes = size_t(32) << 20;  // bytes of uploads on their way before the caller waits
constexpr size_t smallest_staging = size_t(64) << 10;
constexpr size_t most_kept_staging = 8;

}  // namespace

Memory::Memory(std::shared_ptr<Context> owner, void* start, size_t size) : context(std::move(owner)), data(start), bytes(size) {}

Memory::~Memory() {
  if (context->lost_) return;
  if (context->capturing()) context->free_after_capture_.push_back(data);
  else if (cudaSetDevice(context->index) == cudaSuccess) cudaFreeAsync(data, context->stream_);
}

Context::Context(int device) : index(device) {
  const auto open = [](cudaError_t error, const char* doing) {
    if (error == cudaSuccess) return;
    Failure failure = failure_of(error, doing);
    if (failure.code != "ERR_OUT_OF_MEMORY") failure.code = "ERR_UNAVAILABLE";
    cudaGetLastError();
    throw failure;
  };
  open(open_device(index, &report), "opening the device");
  open(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a stream");
  open(cudaStreamCreateWithFlags(&side_stream_, cudaStreamNonBlocking), "making a stream");
}

// At the end of a process CUDA may be gone before this: its answers say so and do not matter.
Context::~Context() {
  if (lost_ || cudaSetDevice(index) != cudaSuccess) return;
  if (stream_ != nullptr) cudaStreamSynchronize(stream_);
  reap_uploads(0);
  for (const Staging& staging : staging_) cudaFreeHost(staging.data);
  if (stream_ != nullptr) cudaStreamDestroy(stream_);
  if (side_stream_ != nullptr) cudaStreamDestroy(side_stream_);
  trim_memory(index);
}

cudaStream_t Context::stream() {
  codes_settled_ = false;
  return open_stream();
}

cudaStream_t Context::open_stream() {
  if (lost_) throw loss_;
  if (closed_) throw Failure{"ERR_DISPOSED", "the device is closed"};
  check(cudaSetDevice(index), "choosing the device");
  return stream_;
}

void Context::check(cudaError_t error, const char* doing) {
  if (error == cudaSuccess) return;
  const Failure failure = failure_of(error, doing);
  cudaGetLastError();
  if (failure.code == "ERR_DEVICE_LOST") lose(failure);
  throw failure;
}

void Context::lose(const Failure& failure) {
  if (lost_) return;
  lost_ = true;
  loss_ = failure;
}

std::shared_ptr<Memory> Context::allocate(size_t bytes) {
  cudaStream_t target = open_stream();
  // A graph runs long after its capture: its memory comes from outside of it.
  if (capturing()) target = side_stream_;
  void* data = nullptr;
  check(cudaMallocAsync(&data, std::max<size_t>(bytes, 1), target), "allocating device memory");
  auto memory = std::make_shared<Memory>(shared_from_this(), data, bytes);
  if (capturing()) {
    check(cudaStreamSynchronize(side_stream_), "allocating device memory");
    captured_->push_back(memory);
  }
  return memory;
}

void Context::upload(const Memory& target, const void* source, size_t bytes) {
  cudaStream_t to = stream();
  for (size_t done = 0; done < bytes; done += upload_piece) {
    const size_t piece = std::min(bytes - done, upload_piece);
    reap_uploads(most_upload_bytes);
    const Staging staging = take_staging(piece);
    cudaEvent_t event = nullptr;
    memcpy(staging.data, static_cast<const char*>(source) + done, piece);
    check(cudaMemcpyAsync(static_cast<char*>(target.data) + done, staging.data, piece, cudaMemcpyHostToDevice, to), "uploading");
    check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "uploading");
    check(cudaEventRecord(event, to), "uploading");
    uploads_.push_back({staging, event});
    upload_bytes_ += staging.bytes;
  }
}

/** Takes staging of finished uploads back, and waits until no more than `most_bytes` are on their way. */
void Context::reap_uploads(size_t most_bytes) {
  while (!uploads_.empty()) {
    const Upload upload = uploads_.front();
    if (upload_bytes_ <= most_bytes && cudaEventQuery(upload.done) == cudaErrorNotReady) break;
    cudaEventSynchronize(upload.done);
    cudaEventDestroy(upload.done);
    upload_bytes_ -= upload.staging.bytes;
    uploads_.pop_front();
    give_staging(upload.staging);
  }
  cudaGetLastError();
}

Staging Context::take_staging(size_t bytes) {
  size_t wanted = smallest_staging;
  while (wanted < bytes) wanted *= 2;
  const auto found = std::find_if(staging_.begin(), staging_.end(), [&](const Staging& kept) { return kept.bytes == wanted; });
  if (found != staging_.end()) {
    const Staging staging = *found;
    staging_.erase(found);
    return staging;
  }
  Staging staging;
  staging.bytes = wanted;
  check(cudaMallocHost(&staging.data, wanted), "allocating pinned memory of the host");
  return staging;
}

void Context::give_staging(Staging staging) {
  staging_.push_back(staging);
  if (staging_.size() <= most_kept_staging) return;
  cudaFreeHost(staging_.front().data);
  staging_.erase(staging_.begin());
}

void Context::begin_capture() {
  cudaStream_t target = stream();
  if (capturing()) throw Failure{"ERR_UNSUPPORTED", "a chain is being captured already"};
  check(cudaStreamBeginCapture(target, cudaStreamCaptureModeRelaxed), "beginning a capture");
  captured_ = std::make_unique<std::vector<std::shared_ptr<Memory>>>();
}

cudaGraphExec_t Context::end_capture(std::vector<std::shared_ptr<Memory>>* memory) {
  cudaStream_t target = stream();
  if (!capturing()) throw Failure{"ERR_UNSUPPORTED", "no chain is being captured"};
  *memory = std::move(*captured_);
  captured_.reset();
  cudaGraph_t graph = nullptr;
  const cudaError_t ended = cudaStreamEndCapture(target, &graph);
  for (void* data : free_after_capture_) cudaFreeAsync(data, target);
  free_after_capture_.clear();
  check(ended, "ending a capture");
  cudaGraphExec_t executable = nullptr;
  const cudaError_t error = cudaGraphInstantiate(&executable, graph, 0);
  cudaGraphDestroy(graph);
  check(error, "making a graph");
  return executable;
}

}  // namespace octet
