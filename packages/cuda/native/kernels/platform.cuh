// One source for a GPU and for the host: how a kernel is launched, and where CUDA's runtime comes from.
#pragma once
#ifdef OCTET_EMULATED_BUILD
#include "../emulator/device.h"
#include "../emulator/runtime.h"
#define OCTET_LAUNCH(kernel, grid, block, shared_bytes, stream, ...) \
  emulatorLaunch(grid, block, shared_bytes, stream, [=] { kernel(__VA_ARGS__); })
#else
#include <cuda_runtime.h>
/** A kernel whose name holds commas goes in parentheses. More than 48 KB of shared memory must be asked for by name. */
#define OCTET_LAUNCH(kernel, grid, block, shared_bytes, stream, ...)                                                   \
  do {                                                                                                                 \
    const auto octet_kernel = kernel;                                                                                  \
    if ((shared_bytes) > 48 * 1024)                                                                                    \
      cudaFuncSetAttribute(octet_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, int(shared_bytes));              \
    octet_kernel<<<grid, block, shared_bytes, stream>>>(__VA_ARGS__);                                                  \
  } while (0)
#endif
#include "primitives.cuh"

inline int64_t divide_up(int64_t value, int64_t divisor) { return (value + divisor - 1) / divisor; }
