// Activations quantized per row, as tensor cores read them: rows of codes that start on 16 bytes.
#pragma once
#include "../launch-support.cuh"

namespace octet {

/** Bytes of a row of quantized activations: rows start on 16 bytes. */
inline int64_t code_pitch(int64_t k) { return divide_up(k, 16) * 16; }

/** Bytes of scales, so that what follows them starts as device memory does. */
inline int64_t scale_bytes(int64_t m) { return divide_up(m * 4, 256) * 256; }

/** Where codes and scales of activations go. With two planes a code is 256 times the one in `first` plus the one in `second`. */
struct ActivationCodes {
  int planes;
  int8_t *first, *second;
  float* scales;
  int64_t pitch;
  Finding* finding;
};

/**
 * Scales and codes of x [m, k]: one plane takes codes of -127 to 127, two take -32639 to 32639. early: whether the op before wrote no
 * codes of weights, see LaunchPlace.
 */
void quantize_activations(const void* x, int32_t dtype, ActivationCodes codes, int64_t m, int64_t k, bool early, cudaStream_t stream);

}  // namespace octet
