// What differs between a GPU and the emulator, besides the runtime that both have.
#pragma once
#ifdef OCTET_EMULATED_BUILD
#include "../emulator/runtime.h"
#else
#include <cuda_runtime_api.h>
#endif
#include <cstddef>
#include <string>
#include <vector>

namespace octet {

/** "cuda" or "emulated". */
extern const char* const platform_name;

/** The GPUs that the kernels are compiled for, as CMake writes them, with spaces between; empty in the emulator. */
extern const char* const machine_code;

/** The versions found, as CUDA writes them (13020 is 13.2), 0 where there is none; and how many devices it counted. */
struct PlatformReport {
  int driver_version = 0, runtime_version = 0, device_count = 0;
  /** Of each device: 90 for 9.0. */
  std::vector<int> capabilities;
  cudaError_t error = cudaSuccess;
};
PlatformReport report_platform();

struct DeviceReport {
  std::string name;
  size_t total_bytes = 0;
  /** 90 for 9.0. */
  int capability = 0;
  int multiprocessors = 0;
};
/** Also makes the device keep memory that was given back, so that the next allocation costs nothing. */
cudaError_t open_device(int index, DeviceReport* report);

#ifndef OCTET_EMULATED_BUILD
/** Whether the kernels can be loaded on the current device. */
cudaError_t find_machine_code();
#endif

/** Gives unused kept memory back to the device. */
cudaError_t trim_memory(int index);

}  // namespace octet
