// Tensors as Hopper's bulk copies take them: boxes of a matrix, rows of 64 or 128 bytes, swizzled on their way into shared memory.
#pragma once
#include <cuda.h>
#include <cuda_runtime_api.h>

#include <cstdint>

namespace octet {

/** A matrix of `planes` planes, each [rows, columns]; the address and the sizes in bytes are multiples of 16. */
struct TensorMapCall {
  const void* data;
  /** 1 or 2 */
  int element_bytes;
  int64_t columns, rows, planes;
  int64_t row_bytes, plane_bytes;
  int box_columns, box_rows;
};

/** False where the driver has no such copies, or cannot copy such a tensor. */
inline bool make_tensor_map(const TensorMapCall& call, CUtensorMap* map) {
  using Encode = CUresult (*)(CUtensorMap*, CUtensorMapDataType, cuuint32_t, void*, const cuuint64_t*, const cuuint64_t*, const cuuint32_t*,
                              const cuuint32_t*, CUtensorMapInterleave, CUtensorMapSwizzle, CUtensorMapL2promotion, CUtensorMapFloatOOBfill);
  // By name at run time: the addon must load where there is no driver.
  static const Encode encode = [] {
    void* found = nullptr;
    cudaDriverEntryPointQueryResult status{};
    if (cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &found, 12000, cudaEnableDefault, &status) != cudaSuccess) {
      found = nullptr;
      // There are other kernels: the check of their launch must not meet this.
      cudaGetLastError();
    }
    return reinterpret_cast<Encode>(status == cudaDriverEntryPointSuccess ? found : nullptr);
  }();
  if (encode == nullptr) return false;
  const cuuint64_t sizes[3] = {cuuint64_t(call.columns), cuuint64_t(call.rows), cuuint64_t(call.planes)};
  const cuuint64_t strides[2] = {cuuint64_t(call.row_bytes), cuuint64_t(call.plane_bytes)};
  const cuuint32_t box[3] = {cuuint32_t(call.box_columns), cuuint32_t(call.box_rows), 1}, steps[3] = {1, 1, 1};
  return encode(map, call.element_bytes == 1 ? CU_TENSOR_MAP_DATA_TYPE_UINT8 : CU_TENSOR_MAP_DATA_TYPE_UINT16, 3, const_cast<void*>(call.data),
                sizes, strides, box, steps, CU_TENSOR_MAP_INTERLEAVE_NONE,
                call.box_columns * call.element_bytes == 64 ? CU_TENSOR_MAP_SWIZZLE_64B : CU_TENSOR_MAP_SWIZZLE_128B,
                CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE) == CUDA_SUCCESS;
}

}  // namespace octet
