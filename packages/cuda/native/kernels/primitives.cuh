// The instructions that CUDA C++ has no word for, under one set of names: inline PTX for a GPU, emulation for the host.
//
// Tensor-core operations multiply A [16 x K] by B [K x 8] and add to D [16 x 8], spread over a warp (PTX ISA, "Warp Level Matrix
// Multiply-Accumulate"). With group = lane / 4 and t = lane % 4, a lane holds in D: rows group (d0, d1) and group + 8 (d2, d3), columns
// 2 * t and 2 * t + 1; in A, words a0 and a2 of row group, a1 and a3 of row group + 8; in B, words of column group. The words of one
// lane of A and of B hold the same places along K, and a dot product does not care in which order K runs: kernels give each lane
// places that are neighbours in memory.
#pragma once
#include <cstdint>

#ifdef OCTET_EMULATED
#include "../emulator/primitives.h"
#else
#include <cuda_bf16.h>
#include <cuda_fp16.h>

namespace octet {

/** All of a block's shared memory: its size is given at the launch. */
template <class T>
__device__ __forceinline__ T* shared_memory() {
  extern __shared__ __align__(128) unsigned char bytes[];
  return reinterpret_cast<T*>(bytes);
}

__device__ __forceinline__ void mma_f16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

__device__ __forceinline__ void mma_bf16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

__device__ __forceinline__ void mma_s8(int32_t (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/** Starts to copy 16 bytes into shared memory; both addresses on 16 bytes. `valid` bytes are read, zeros take the place of the rest. */
__device__ __forceinline__ void copy_async(void* shared, const void* global, uint32_t valid) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(uint32_t(__cvta_generic_to_shared(shared))), "l"(global),
               "r"(valid)
               : "memory");
}
/** The same, for what is read once: memory is asked for whole lines of 128 bytes, of which this is a part. */
__device__ __forceinline__ void copy_async_line(void* shared, const void* global, uint32_t valid) {
  asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16, %2;" ::"r"(uint32_t(__cvta_generic_to_shared(shared))), "l"(global),
               "r"(valid)
               : "memory");
}
__device__ __forceinline__ void copy_async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
/** Waits until no more than `PENDING` groups of copies of this thread are on their way. */
template <int PENDING>
__device__ __forceinline__ void copy_async_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory");
}

/** Lets the kernel after this one start as soon as all blocks of this one have, if it was launched to start early. */
__device__ __forceinline__ void start_dependents() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}
/** Waits until the kernel before this one is done and what it wrote can be read. Before this, nothing that it writes may be touched. */
__device__ __forceinline__ void wait_for_dependencies() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

/** a - b on pairs of float16. */
__device__ __forceinline__ uint32_t subtract_f16x2(uint32_t a, uint32_t b) {
  uint32_t d;
  asm("sub.f16x2 %0, %1, %2;" : "=r"(d) : "r"(a), "r"(b));
  return d;
}

__device__ __forceinline__ float half_to_float(uint16_t bits) { return __half2float(__ushort_as_half(bits)); }
__device__ __forceinline__ uint16_t float_to_half(float value) { return __half_as_ushort(__float2half_rn(value)); }
__device__ __forceinline__ uint16_t float_to_bfloat16(float value) { return __bfloat16_as_ushort(__float2bfloat16_rn(value)); }

}  // namespace octet
#endif
