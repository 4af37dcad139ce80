// The ops as the addon calls them. Each enqueues kernels on a stream and returns; pointers are device memory, on 256 bytes. Sizes and
// dtypes were checked by the caller. What a kernel meets is seen by cudaGetLastError and by whoever waits for the stream.
#pragma once
#include <cstddef>
#include <cstdint>

#ifdef OCTET_EMULATED_BUILD
#include "../emulator/runtime.h"
#else
#include <cuda_runtime_api.h>
#endif

namespace octet {

/** A tensor of `dtype` (core's floatDTypes; 3 is int8). */
struct TensorArgument {
  const void* data;
  int dtype;
};

/** Element (o * channels + c) * inner + i uses scale c. */
struct LayoutArgument {
  int64_t outer, channels, inner;
};

struct QuantizeCall {
  TensorArgument x;
  LayoutArgument layout;
  int qmax, lowest;
  int8_t* codes;
  float* scales;
  /** 16 bytes, zero before; see Fault. */
  void* fault;
};

struct DequantizeCall {
  const int8_t* codes;
  const float* scales;
  LayoutArgument layout;
  void* y;
  int dtype;
};

/** k and group fit in 31 bits. */
struct LinearCall {
  int64_t m, n, k;
  TensorArgument x, weight;
  /** Scales of codes: one, one per row, or one per group of `group` elements along a row. Null for float weights. */
  const float* scales;
  int64_t scale_count, group;
  /** data is null where there is none. */
  TensorArgument bias;
  void* y;
  int dtype;
  /** 0: x as it is. 8 or 16: quantized per row, exactly. */
  int activation_bits;
  /** As many bytes as linear_workspace says; for quantized activations. */
  void* workspace;
  void* fault;
  /**
   * Whether the op before this one on the stream wrote no codes: a linear or an activation. Then this one may start before that one is
   * done, on devices that can, and fetch codes of the weight meanwhile. It reads nothing else and writes nothing before its turn.
   */
  bool early;
};

void quantize(const QuantizeCall& call, cudaStream_t stream);
void dequantize(const DequantizeCall& call, cudaStream_t stream);
/** kind: core's activationKinds. */
void activation(TensorArgument x, void* y, int64_t size, int kind, cudaStream_t stream);
void linear(const LinearCall& call, cudaStream_t stream);
/** Bytes of codes and scales of quantized activations. */
size_t linear_workspace(int64_t m, int64_t k, int activation_bits);

}  // namespace octet
