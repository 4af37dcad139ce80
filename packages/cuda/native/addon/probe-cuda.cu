// A kernel that does nothing, compiled for the GPUs that the others are compiled for: where it can be loaded, they can.
#include <cuda_runtime_api.h>

#include "platform.h"

namespace octet {

__global__ void probe() {}

cudaError_t find_machine_code() {
  cudaFuncAttributes attributes;
  return cudaFuncGetAttributes(&attributes, probe);
}

}  // namespace octet
