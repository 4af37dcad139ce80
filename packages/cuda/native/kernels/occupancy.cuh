// How many blocks of a kernel a multiprocessor is to hold: a launch bound that asks for more of them leaves each thread fewer registers,
// and is for nothing where they do not fit for want of shared memory or of places for threads.
#pragma once

namespace octet {

/** The GPU that this is compiled for: 90 for 9.0, 0 for the host. */
#ifdef __CUDA_ARCH__
constexpr int target_gpu = __CUDA_ARCH__ / 10;
#else
constexpr int target_gpu = 0;
#endif

/** 100 KB of shared memory and 1536 threads a multiprocessor, in place of 164 KB and more, and 2048. */
constexpr bool is_small_multiprocessor = target_gpu == 86 || target_gpu == 89 || target_gpu / 10 == 12;

}  // namespace octet
