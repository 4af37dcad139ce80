// One source for a GPU and for the host: how a kernel is launched, and where CUDA's runtime comes from.
#pragma once
#ifdef OCTET_EMULATED_BUILD
#include "../emulator/device.h"
#include "../emulator/runtime.h"
#define OCTET_LAUNCH_EARLY(early, ...) OCTET_LAUNCH(__VA_ARGS__)
#define OCTET_LAUNCH(kernel, grid, block, shared_bytes, stream, ...) \
  emulatorLaunch(grid, block, shared_bytes, stream, [=] { kernel(__VA_ARGS__); })
#else
#include <cuda_runtime.h>

#include "per-device.h"

/** A kernel whose name holds commas goes in parentheses. More than 48 KB of shared memory must be asked for by name. */
#define OCTET_LAUNCH(kernel, grid, block, shared_bytes, stream, ...)                                                   \
  do {                                                                                                                 \
    const auto octet_kernel = kernel;                                                                                  \
    if ((shared_bytes) > 48 * 1024)                                                                                    \
      cudaFuncSetAttribute(octet_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, int(shared_bytes));              \
    octet_kernel<<<grid, block, shared_bytes, stream>>>(__VA_ARGS__);                                                  \
  } while (0)
/** With `early`, where that can be, the kernel starts once that before it lets it: see start_dependents and wait_for_dependencies. */
#define OCTET_LAUNCH_EARLY(early, kernel, grid, block, shared_bytes, stream, ...)                                        \
  do {                                                                                                                   \
    if ((early) && starts_early(kernel)) launch_early(kernel, grid, block, shared_bytes, stream, __VA_ARGS__);           \
    else OCTET_LAUNCH(kernel, grid, block, shared_bytes, stream, __VA_ARGS__);                                           \
  } while (0)

namespace octet {

/**
 * Whether a kernel may start before the one before it is done. Its code must have been compiled for 9.0 or later, not only the device be
 * such: older code runs there too where nothing newer was built, and does not wait (see wait_for_dependencies).
 */
template <class... Parameters>
bool starts_early(void (*kernel)(Parameters...)) {
  int device = 0, major = 0;
  if (cudaGetDevice(&device) != cudaSuccess || cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) != cudaSuccess || major < 9)
    return false;
  // Kernels of one signature share the answer: all that start early are compiled for the same GPUs.
  static PerDevice<bool> answers;
  return answers.get(device, [&] {
    cudaFuncAttributes attributes{};
    if (cudaFuncGetAttributes(&attributes, kernel) == cudaSuccess) return attributes.ptxVersion >= 90;
    // The launch says itself what is wrong.
    cudaGetLastError();
    return false;
  });
}

template <class... Parameters, class... Arguments>
void launch_early(void (*kernel)(Parameters...), dim3 grid, dim3 block, size_t shared_bytes, cudaStream_t stream, Arguments... arguments) {
  if (shared_bytes > 48 * 1024) cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, int(shared_bytes));
  cudaLaunchAttribute attribute{};
  attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
  attribute.val.programmaticStreamSerializationAllowed = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = grid, config.blockDim = block, config.dynamicSmemBytes = shared_bytes, config.stream = stream;
  config.attrs = &attribute, config.numAttrs = 1;
  cudaLaunchKernelEx(&config, kernel, arguments...);
}

}  // namespace octet
#endif
#include "primitives.cuh"

namespace octet {

inline int64_t divide_up(int64_t value, int64_t divisor) { return (value + divisor - 1) / divisor; }

}  // namespace octet
