#include <cstdint>

#include "platform.h"

namespace octet {

const char* const platform_name = "cuda";
const char* const machine_code = OCTET_ARCHITECTURES;

PlatformReport report_platform() {
  PlatformReport report;
  report.error = cudaRuntimeGetVersion(&report.runtime_version);
  const cudaError_t driver = cudaDriverGetVersion(&report.driver_version);
  const cudaError_t count = cudaGetDeviceCount(&report.device_count);
  if (report.error == cudaSuccess) report.error = driver != cudaSuccess ? driver : count;
  for (int index = 0; index < report.device_count; index++) {
    int major = 0, minor = 0;
    cudaError_t asked = cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, index);
    if (asked == cudaSuccess) asked = cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, index);
    if (report.error == cudaSuccess) report.error = asked;
    report.capabilities.push_back(major * 10 + minor);
  }
  cudaGetLastError();
  return report;
}

cudaError_t open_device(int index, DeviceReport* report) {
  cudaError_t error = cudaSetDevice(index);
  if (error != cudaSuccess) return error;
  cudaDeviceProp properties;
  error = cudaGetDeviceProperties(&properties, index);
  if (error != cudaSuccess) return error;
  report->name = properties.name;
  report->total_bytes = properties.totalGlobalMem;
  report->capability = properties.major * 10 + properties.minor;
  report->multiprocessors = properties.multiProcessorCount;
  // A driver that cannot compile the PTX says so here, and not at the first op.
  error = find_machine_code();
  if (error != cudaSuccess) return error;
  cudaMemPool_t pool;
  error = cudaDeviceGetDefaultMemPool(&pool, index);
  if (error != cudaSuccess) return error;
  uint64_t keep = UINT64_MAX;
  return cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &keep);
}

cudaError_t trim_memory(int index) {
  cudaMemPool_t pool;
  const cudaError_t error = cudaDeviceGetDefaultMemPool(&pool, index);
  return error == cudaSuccess ? cudaMemPoolTrimTo(pool, 0) : error;
}

}  // namespace octet
