// The launches as the addon makes them. Each enqueues kernels on a stream and returns; memory is that of the device, on 256 bytes. Sizes
// and dtypes were checked by the caller. What a kernel meets is seen by cudaGetLastError and by whoever waits for the stream.
#pragma once
#ifdef OCTET_EMULATED_BUILD
#include "../emulator/runtime.h"
#else
#include <cuda_runtime_api.h>
#endif
#include "launch-records.h"

namespace octet {

/** Bytes of what a kernel notes of elements that are not finite; see Finding. Zero before. */
constexpr size_t finding_bytes = 16;

/** What a launch is given besides its record. */
struct LaunchPlace {
  cudaStream_t stream;
  /**
   * Whether what was enqueued last on the stream wrote no codes of weights. Then a linear may start before that is done, on devices that
   * can, and fetch codes of the weight meanwhile. It reads nothing else and writes nothing before its turn.
   */
  bool early;
  /** As many bytes as workspace_bytes says. */
  void* workspace;
};

void launch(const QuantizeCall& call, const LaunchPlace& place);
void launch(const DequantizeCall& call, const LaunchPlace& place);
void launch(const ActivationCall& call, const LaunchPlace& place);
void launch(const QuantizeRowsCall& call, const LaunchPlace& place);
/** k and group fit in 31 bits. */
void launch(const LinearCall& call, const LaunchPlace& place);
void launch(const WriteRowsCall& call, const LaunchPlace& place);
void launch(const ReadRowsCall& call, const LaunchPlace& place);
void launch(const PositionsCall& call, const LaunchPlace& place);
void launch(const AdvanceCall& call, const LaunchPlace& place);
void launch(const SetLengthCall& call, const LaunchPlace& place);
void launch(const FirstFindingCall& call, const LaunchPlace& place);

/** Bytes that a launch works in: codes and scales of activations that a linear quantizes itself. */
size_t workspace_bytes(const LinearCall& call);

}  // namespace octet
