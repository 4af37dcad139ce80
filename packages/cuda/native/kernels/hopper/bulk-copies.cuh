// Hopper's bulk copies of tiles into shared memory, the barriers that count their bytes, and clusters of blocks (PTX ISA,
// "cp.async.bulk.tensor", "mbarrier", "barrier.cluster"). Addresses are those of shared memory. Not emulated.
#pragma once
#include <cuda.h>

#include <cstdint>

namespace octet {

__device__ __forceinline__ uint32_t shared_address(const void* pointer) { return uint32_t(__cvta_generic_to_shared(pointer)); }

__device__ __forceinline__ void barrier_init(uint32_t barrier, uint32_t arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(arrivals) : "memory");
}
/** Shows initialized barriers to copies and to the blocks of the cluster; a barrier of the cluster must follow. */
__device__ __forceinline__ void publish_barriers() { asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory"); }

/** Arrives, and lets the phase wait for `bytes` of copies more. */
__device__ __forceinline__ void barrier_expect(uint32_t barrier, uint32_t bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes) : "memory");
}
/** Arrives. */
__device__ __forceinline__ void barrier_arrive(uint32_t barrier) { asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(barrier) : "memory"); }
/** Waits until the phase of this parity is over. */
__device__ __forceinline__ void barrier_wait(uint32_t barrier, uint32_t parity) {
  asm volatile("{.reg .pred done; again: mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1; @!done bra again;}" ::"r"(barrier), "r"(parity)
               : "memory");
}

/** How long the L2 cache should keep what a copy reads. The values are those that createpolicy makes for all of an access. */
enum class Keep : uint64_t { ordinary = 0x1000000000000000, briefly = 0x12F0000000000000, long_time = 0x14F0000000000000 };

/** Starts to copy a box of a tensor to `target`; its bytes count at `barrier`. What lies outside of the tensor becomes zero. */
__device__ __forceinline__ void copy_box(uint32_t target, const CUtensorMap& map, int32_t x, int32_t y, int32_t z, uint32_t barrier, Keep keep) {
  asm volatile(
      "cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes.L2::cache_hint [%0], [%1, {%2, %3, %4}], [%5], %6;" ::"r"(target),
      "l"(&map), "r"(x), "r"(y), "r"(z), "r"(barrier), "l"(uint64_t(keep))
      : "memory");
}
/** Fetches a map before the first copy needs it. */
__device__ __forceinline__ void prefetch_map(const CUtensorMap& map) { asm volatile("prefetch.tensormap [%0];" ::"l"(&map) : "memory"); }

__device__ __forceinline__ uint32_t cluster_rank() {
  uint32_t rank;
  asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}
/** Waits for all threads of the cluster that have not ended. What they wrote before is seen. */
__device__ __forceinline__ void cluster_sync() {
  asm volatile("barrier.cluster.arrive.release; barrier.cluster.wait.acquire;" ::: "memory");
}
/** Four words from shared memory of block `rank`. */
__device__ __forceinline__ uint4 load_from_block(uint32_t address, uint32_t rank) {
  uint4 words;
  asm volatile(
      "{.reg .b32 place; mapa.shared::cluster.u32 place, %4, %5; ld.shared::cluster.v4.u32 {%0,%1,%2,%3}, [place];}"
      : "=r"(words.x), "=r"(words.y), "=r"(words.z), "=r"(words.w)
      : "r"(address), "r"(rank)
      : "memory");
  return words;
}

}  // namespace octet
