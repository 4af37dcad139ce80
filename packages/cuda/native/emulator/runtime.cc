#include "runtime.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#include "block.h"

#if defined(__SANITIZE_ADDRESS__)
constexpr size_t guard_bytes = 0;  // the sanitizer keeps its own, and sees reads as well
#else
constexpr size_t guard_bytes = 256;
#endif

namespace {

constexpr unsigned char guard_byte = 0xA5;
constexpr size_t device_bytes = size_t(4) << 30;

std::mutex mutex;
std::map<unsigned char*, size_t> allocations;  // what callers see of each, with its size in bytes
std::map<void*, size_t> pinned;                // of the host
size_t allocated_bytes = 0, pinned_bytes = 0, most_pinned_bytes = 0;
thread_local std::string failing_function;
thread_local cudaError_t last_error = cudaSuccess;
thread_local std::string report;

cudaError_t set_error(cudaError_t error, const std::string& why) {
  last_error = error;
  report = why;
  return error;
}

/** What a function that gives something back returns. */
cudaError_t given_back(const char* function) {
  if (failing_function != function) return cudaSuccess;
  failing_function.clear();
  return set_error(cudaErrorLaunchFailure, std::string(function) + " failed on purpose");
}

/** The first allocation with a damaged guard, as a sentence. */
std::string damaged_guard() {
  const std::lock_guard<std::mutex> lock(mutex);
  for (const auto& [start, bytes] : allocations) {
    for (size_t i = 0; i < guard_bytes; i++) {
      if (start[-1 - ptrdiff_t(i)] != guard_byte) return "a write before the start of " + std::to_string(bytes) + " bytes of device memory";
      if (start[bytes + i] != guard_byte) return "a write past the end of " + std::to_string(bytes) + " bytes of device memory";
    }
  }
  return "";
}

}  // namespace

struct emulatedGraph {
  std::vector<std::function<void()>> steps;
};
struct emulatedStream {
  emulatedGraph* capture = nullptr;
};
struct emulatedEvent {};

namespace {

void enqueue(cudaStream_t stream, std::function<void()> step) {
  if (stream != nullptr && stream->capture != nullptr) stream->capture->steps.push_back(std::move(step));
  else step();
}

}  // namespace

const char* emulatorReport() { return report.c_str(); }
EmulatorMemory emulatorMemory() {
  const std::lock_guard<std::mutex> lock(mutex);
  const EmulatorMemory memory{allocated_bytes, pinned_bytes, most_pinned_bytes};
  most_pinned_bytes = pinned_bytes;
  return memory;
}
void emulatorFailNext(const char* function) { failing_function = function; }
const char* cudaGetErrorString(cudaError_t error) { return report.empty() ? cudaGetErrorName(error) : report.c_str(); }
const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
    case cudaSuccess: return "cudaSuccess";
    case cudaErrorMemoryAllocation: return "cudaErrorMemoryAllocation";
    case cudaErrorLaunchFailure: return "cudaErrorLaunchFailure";
    default: return "cudaErrorInvalidValue";
  }
}
cudaError_t cudaGetLastError() {
  const cudaError_t error = last_error;
  last_error = cudaSuccess;
  return error;
}
cudaError_t cudaSetDevice(int device) { return device == 0 ? cudaSuccess : set_error(cudaErrorInvalidDevice, "only device 0 is emulated"); }
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  *stream = new emulatedStream;
  return cudaSuccess;
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  delete stream;
  return given_back("cudaStreamDestroy");
}
cudaError_t cudaStreamSynchronize(cudaStream_t) { return cudaSuccess; }
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  *event = new emulatedEvent;
  return cudaSuccess;
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return given_back("cudaEventDestroy");
}
cudaError_t cudaEventRecord(cudaEvent_t, cudaStream_t) { return cudaSuccess; }
cudaError_t cudaEventQuery(cudaEvent_t) { return cudaSuccess; }
cudaError_t cudaEventSynchronize(cudaEvent_t) { return cudaSuccess; }

cudaError_t cudaMallocAsync(void** pointer, size_t bytes, cudaStream_t) {
  *pointer = nullptr;
  const std::lock_guard<std::mutex> lock(mutex);
  if (bytes > device_bytes - allocated_bytes) return set_error(cudaErrorMemoryAllocation, "out of memory");
  void* memory = nullptr;
  if (posix_memalign(&memory, 256, bytes + 2 * guard_bytes) != 0) return set_error(cudaErrorMemoryAllocation, "out of memory");
  auto* start = static_cast<unsigned char*>(memory) + guard_bytes;
  memset(start - guard_bytes, guard_byte, guard_bytes);
  memset(start, 0xFF, bytes);  // a kernel that counts on zeroes is found out
  memset(start + bytes, guard_byte, guard_bytes);
  allocations.emplace(start, bytes);
  allocated_bytes += bytes;
  *pointer = start;
  return cudaSuccess;
}
cudaError_t cudaFreeAsync(void* pointer, cudaStream_t) {
  if (pointer == nullptr) return cudaSuccess;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto found = allocations.find(static_cast<unsigned char*>(pointer));
  if (found == allocations.end()) return set_error(cudaErrorInvalidValue, "memory that is not allocated was freed");
  allocated_bytes -= found->second;
  free(found->first - guard_bytes);
  allocations.erase(found);
  return given_back("cudaFreeAsync");
}
cudaError_t cudaMallocHost(void** pointer, size_t bytes) {
  *pointer = malloc(bytes);
  if (*pointer == nullptr) return set_error(cudaErrorMemoryAllocation, "out of memory");
  const std::lock_guard<std::mutex> lock(mutex);
  pinned.emplace(*pointer, bytes);
  pinned_bytes += bytes;
  most_pinned_bytes = std::max(most_pinned_bytes, pinned_bytes);
  return cudaSuccess;
}
cudaError_t cudaFreeHost(void* pointer) {
  if (pointer == nullptr) return cudaSuccess;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto found = pinned.find(pointer);
  if (found == pinned.end()) return set_error(cudaErrorInvalidValue, "memory that is not pinned was freed");
  pinned_bytes -= found->second;
  pinned.erase(found);
  free(pointer);
  return given_back("cudaFreeHost");
}
cudaError_t cudaMemcpyAsync(void* target, const void* source, size_t bytes, cudaMemcpyKind, cudaStream_t stream) {
  if (bytes > 0) enqueue(stream, [=] { memcpy(target, source, bytes); });
  return cudaSuccess;
}
cudaError_t cudaMemsetAsync(void* target, int value, size_t bytes, cudaStream_t stream) {
  enqueue(stream, [=] { memset(target, value, bytes); });
  return cudaSuccess;
}
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  stream->capture = new emulatedGraph;
  return cudaSuccess;
}
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  *graph = stream->capture;
  stream->capture = nullptr;
  return *graph == nullptr ? set_error(cudaErrorInvalidValue, "the stream is not capturing") : cudaSuccess;
}
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long) {
  *executable = new emulatedGraph(*graph);
  return cudaSuccess;
}
cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t) {
  for (const auto& step : executable->steps) step();
  return cudaGetLastError();
}
cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  delete graph;
  return given_back("cudaGraphDestroy");
}
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  delete executable;
  return given_back("cudaGraphExecDestroy");
}

void emulatorLaunch(dim3 grid, dim3 block, size_t shared_bytes, cudaStream_t stream, std::function<void()> kernel) {
  enqueue(stream, [=] {
    if (last_error != cudaSuccess) return;
    std::string error = emulator::run_grid(grid, block, shared_bytes, kernel);
    if (error.empty()) error = damaged_guard();
    if (!error.empty()) set_error(cudaErrorLaunchFailure, error);
  });
}
