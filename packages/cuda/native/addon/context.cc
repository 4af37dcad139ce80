#include "context.h"

#include <algorithm>
#include <cstring>
#include <mutex>

namespace octet {
namespace {

constexpr size_t most_upload_bytes = size_t(32) << 20;  // bytes of uploads on their way before the caller waits

std::mutex cleanup_mutex;
std::string cleanup_failure;

}  // namespace

std::string take_cleanup_failure() {
  const std::lock_guard<std::mutex> lock(cleanup_mutex);
  std::string failure;
  failure.swap(cleanup_failure);
  return failure;
}

Memory::Memory(std::shared_ptr<Context> owner, void* start, size_t size) : context(std::move(owner)), data(start), bytes(size) {}

Memory::~Memory() {
  if (context->capturing()) context->free_after_capture_.push_back(data);
  else context->free_memory(data);
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

// At the end of a process CUDA may be gone before this: its answers say so, and nothing asks for them any more.
Context::~Context() {
  if (!lost_) {
    give_back(cudaSetDevice(index), "choosing the device");
    give_back(cudaStreamSynchronize(stream_), "waiting for the device");
    reap_uploads(0);
    give_back(staging_.clear(), "freeing pinned memory of the host");
    give_back(lane_.close(), "ending downloads");
    give_back(cudaStreamDestroy(stream_), "ending a stream");
    give_back(cudaStreamDestroy(side_stream_), "ending a stream");
    give_back(trim_memory(index), "giving memory back to the device");
  }
  if (untold_.empty()) return;
  const std::lock_guard<std::mutex> lock(cleanup_mutex);
  cleanup_failure = untold_;
}

cudaStream_t Context::stream() {
  codes_settled_ = false;
  return open_stream();
}

cudaStream_t Context::open_stream() {
  if (lost_) {
    untold_.clear();
    throw loss_;
  }
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

void Context::give_back(cudaError_t error, const char* doing) {
  if (error == cudaSuccess) return;
  cudaGetLastError();
  Failure failure = failure_of(error, doing);
  failure.code = "ERR_DEVICE_LOST";
  if (untold_.empty()) untold_ = failure.message;
  lose(failure);
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

/** Frees in stream order. Of a lost device nothing can be freed. */
void Context::free_memory(void* data) {
  if (lost_) return;
  const cudaError_t error = cudaSetDevice(index);
  give_back(error == cudaSuccess ? cudaFreeAsync(data, stream_) : error, "freeing device memory");
}

void Context::upload(const Memory& target, const void* source, size_t bytes) {
  cudaStream_t to = stream();
  for (size_t done = 0; done < bytes; done += piece_bytes) {
    const size_t piece = std::min(bytes - done, piece_bytes);
    reap_uploads(most_upload_bytes);
    Upload upload{take_staging(piece), nullptr};
    try {
      check(cudaEventCreateWithFlags(&upload.done, cudaEventDisableTiming), "uploading");
    } catch (const Failure&) {
      give_staging(upload.staging);
      throw;
    }
    // From here on only a lost device fails, which is asked for nothing more.
    memcpy(upload.staging.data, static_cast<const char*>(source) + done, piece);
    check(cudaMemcpyAsync(static_cast<char*>(target.data) + done, upload.staging.data, piece, cudaMemcpyHostToDevice, to), "uploading");
    check(cudaEventRecord(upload.done, to), "uploading");
    uploads_.push_back(upload);
    upload_bytes_ += upload.staging.bytes;
  }
}

/** Takes staging of finished uploads back, and waits until no more than `most_bytes` are on their way. */
void Context::reap_uploads(size_t most_bytes) {
  while (!uploads_.empty()) {
    const Upload upload = uploads_.front();
    cudaError_t error = cudaEventQuery(upload.done);
    if (error == cudaErrorNotReady) {
      cudaGetLastError();
      if (upload_bytes_ <= most_bytes) break;
      error = cudaEventSynchronize(upload.done);
    }
    give_back(error, "uploading");
    give_back(cudaEventDestroy(upload.done), "ending an upload");
    upload_bytes_ -= upload.staging.bytes;
    uploads_.pop_front();
    give_staging(upload.staging);
  }
}

void Context::read_now(const void* source, size_t bytes, void* target) {
  cudaStream_t from = stream();
  const Staging staging = take_staging(bytes);
  cudaError_t error = cudaMemcpyAsync(staging.data, source, bytes, cudaMemcpyDeviceToHost, from);
  if (error == cudaSuccess) error = cudaStreamSynchronize(from);
  if (error == cudaSuccess) memcpy(target, staging.data, bytes);
  give_staging(staging);
  check(error, "reading");
}

void Context::rest() {
  if (lost_) return;
  reap_uploads(most_upload_bytes);
  give_back(staging_.rest(), "freeing pinned memory of the host");
  give_back(lane_.rest(), "ending downloads");
}

Staging Context::take_staging(size_t bytes) {
  Staging staging;
  check(staging_.take(bytes, &staging), "allocating pinned memory of the host");
  return staging;
}

void Context::give_staging(Staging staging) { give_back(staging_.give(staging), "freeing pinned memory of the host"); }

void Context::begin_capture() {
  cudaStream_t target = stream();
  if (capturing()) throw Failure{"ERR_UNSUPPORTED", "launches are being captured already"};
  check(cudaStreamBeginCapture(target, cudaStreamCaptureModeRelaxed), "beginning a capture");
  captured_ = std::make_unique<std::vector<std::shared_ptr<Memory>>>();
}

cudaGraphExec_t Context::end_capture(std::vector<std::shared_ptr<Memory>>* memory) {
  stream();
  if (!capturing()) throw Failure{"ERR_UNSUPPORTED", "no launches are being captured"};
  cudaGraph_t graph = nullptr;
  check(stop_capture(&graph, memory), "ending a capture");
  cudaGraphExec_t executable = nullptr;
  const cudaError_t error = cudaGraphInstantiate(&executable, graph, 0);
  give_back(cudaGraphDestroy(graph), "ending a capture");
  check(error, "making a graph");
  return executable;
}

void Context::abandon_capture() {
  if (!capturing()) return;
  std::vector<std::shared_ptr<Memory>> memory;
  cudaGraph_t graph = nullptr;
  // What invalidated the capture was said where it happened.
  if (stop_capture(&graph, &memory) == cudaSuccess) give_back(cudaGraphDestroy(graph), "ending a capture");
  else cudaGetLastError();
}

/** Ends the state of capturing, whatever the device says. The memory is the caller's. */
cudaError_t Context::stop_capture(cudaGraph_t* graph, std::vector<std::shared_ptr<Memory>>* memory) {
  *memory = std::move(*captured_);
  captured_.reset();
  std::vector<void*> freed;
  freed.swap(free_after_capture_);
  cudaError_t error = cudaSetDevice(index);
  if (error == cudaSuccess) error = cudaStreamEndCapture(stream_, graph);
  for (void* data : freed) free_memory(data);
  return error;
}

void Context::close() {
  closed_ = true;
  abandon_capture();
}

}  // namespace octet
