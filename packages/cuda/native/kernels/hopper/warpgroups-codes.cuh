// The tiles for codes that become floats.
#pragma once
#include "warpgroups-launch.cuh"

namespace octet {

template <class Kind>
bool launch_warpgroups(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  return launch_fastest<WideTiles<Kind, 256, 1, 2, 1, 64>, WideTiles<Kind, 128, 2, 2, 1, 64>, WideTiles<Kind, 128, 1, 2, 1>, WideTiles<Kind, 128, 1, 1, 2>,
                        WideTiles<Kind, 64, 1, 4, 1>, WideTiles<Kind, 64, 1, 2, 1>, WideTiles<Kind, 64, 1, 1, 2>, WideTiles<Kind, 32, 1, 4, 1>,
                        WideTiles<Kind, 32, 1, 2, 1>, WideTiles<Kind, 32, 1, 1, 4>>(x, w, shape, out, stream);
}

}  // namespace octet
