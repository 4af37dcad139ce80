// Which tile of `linear_wide` multiplies, and how many blocks share K: the way that should take the least time.
#pragma once
#include <array>

#include "../launch-support.cuh"
#include "linear-wide.cuh"
#include "../per-device.h"
#include "../linear/tensor-cores.cuh"
#include "tensor-maps.h"

namespace octet {

/** The most blocks that every Hopper GPU takes as a cluster. */
constexpr int most_parts = 8;

/** Clusters of 1 to 8 blocks that run at once, at 0 to 7. A block has a multiprocessor for itself, whichever tile it makes. */
using Clusters = std::array<int, most_parts>;

template <class Tiles>
cudaLaunchConfig_t wide_configuration(int clusters, int parts, cudaStream_t stream, cudaLaunchAttribute* attribute) {
  attribute->id = cudaLaunchAttributeClusterDimension;
  attribute->val.clusterDim = {unsigned(parts), 1, 1};
  cudaLaunchConfig_t configuration{};
  configuration.gridDim = dim3(unsigned(clusters * parts));
  configuration.blockDim = dim3(Tiles::threads);
  configuration.dynamicSmemBytes = Tiles::shared_bytes;
  configuration.stream = stream;
  configuration.attrs = attribute;
  configuration.numAttrs = 1;
  cudaFuncSetAttribute(linear_wide<Tiles>, cudaFuncAttributeMaxDynamicSharedMemorySize, Tiles::shared_bytes);
  return configuration;
}

template <class Tiles>
Clusters count_clusters() {
  Clusters counts{};
  for (int parts = 1; parts <= most_parts; parts++) {
    cudaLaunchAttribute attribute;
    const cudaLaunchConfig_t configuration = wide_configuration<Tiles>(1, parts, nullptr, &attribute);
    if (cudaOccupancyMaxActiveClusters(&counts[size_t(parts - 1)], linear_wide<Tiles>, &configuration) != cudaSuccess) {
      counts[size_t(parts - 1)] = 0;
      // Such clusters are not launched: the check of what is launched must not meet this.
      cudaGetLastError();
    }
  }
  return counts;
}

/** False, and nothing launched, where the driver cannot copy such tensors. */
template <class Tiles>
bool launch_wide(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, int parts, int at_once, cudaStream_t stream) {
  using Kind = typename Tiles::Kind;
  CUtensorMap x_map, w_map;
  const int64_t w_row_bytes = shape.k * Kind::weight_bytes, plane_bytes = Kind::planes > 1 ? x.plane_bytes : x.row_bytes * shape.m;
  if (!make_tensor_map({x.data, Kind::activation_bytes, shape.k, shape.m, Kind::planes, x.row_bytes, plane_bytes, Tiles::slab, Tiles::tokens}, &x_map) ||
      !make_tensor_map({w, Kind::weight_bytes, shape.k, shape.n, 1, w_row_bytes, w_row_bytes * shape.n, Tiles::chunk, Tiles::rows}, &w_map))
    return false;
  WidePlan plan{};
  plan.parts = parts;
  plan.token_tiles = int32_t(divide_up(shape.m, Tiles::tokens));
  plan.bands = int32_t(divide_up(shape.n, Tiles::rows));
  plan.chunks = int32_t(divide_up(shape.k, Tiles::chunk));
  // Sums that meet in shared memory take the place of stages, which the next tile would want: one tile per cluster.
  const int tiles = plan.token_tiles * plan.bands;
  plan.clusters = parts * Tiles::k_groups > 1 ? tiles : std::min(tiles, at_once);
  plan.keep_weights = plan.token_tiles == 1 ? Keep::briefly : Keep::ordinary;
  cudaLaunchAttribute attribute;
  const cudaLaunchConfig_t configuration = wide_configuration<Tiles>(plan.clusters, parts, stream, &attribute);
  cudaLaunchKernelEx(&configuration, linear_wide<Tiles>, x_map, w_map, shape, out, plan);
  return true;
}

/** A way to multiply, and the clocks that it should take. */
struct WideWay {
  double clocks = 0;
  int parts = 0, at_once = 0;
  bool (*launch)(TensorCoreInput, const uint8_t*, LinearShape, LinearOutput, int, int, cudaStream_t) = nullptr;
};

/** Fitted to times on an H200 (docs/cuda.md). It need not be right about the time, only about which way takes least. */
template <class Tiles>
void consider(LinearShape shape, const Clusters& clusters, WideWay* best) {
  using Kind = typename Tiles::Kind;
  constexpr double area = Tiles::rows * Tiles::columns, bytes = Tiles::rows * Kind::weight_bytes + Tiles::columns * Kind::activation_bytes;
  // Along one place of K: tensor cores at 83 % of their rate and, after them, conversion; or 28 bytes a clock.
  constexpr double products = 1.2 * area * Kind::activation_bytes / 4096 + (Tiles::converts ? 0.035 * Tiles::rows : 0), copies = bytes / 28;
  constexpr double each = products > copies ? products : copies, start = 4000, meeting = 2000 + area / 5;
  const int64_t tiles = divide_up(shape.m, Tiles::tokens) * divide_up(shape.n, Tiles::rows);
  for (int parts = 1; parts <= most_parts; parts++) {
    const int at_once = clusters[size_t(parts - 1)];
    if (at_once == 0 || (parts > 1 && tiles > at_once) || divide_up(shape.k, Tiles::chunk) < parts * Tiles::k_groups) continue;
    const double clocks = double(divide_up(tiles, at_once)) * (double(shape.k) / parts * each + start) + (parts > 1 ? meeting : 0);
    if (best->launch == nullptr || clocks < best->clocks) *best = {clocks, parts, at_once, launch_wide<Tiles>};
  }
}

/** The first of `Tiles` is preferred where others should take as long. */
template <class First, class... Tiles>
bool launch_fastest(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  int device = 0, major = 0, minor = 0;
  cudaGetDevice(&device);
  cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
  cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device);
  if (major != 9 || minor != 0) return false;
  static PerDevice<Clusters> known;
  const Clusters clusters = known.get(device, count_clusters<First>);
  WideWay best;
  consider<First>(shape, clusters, &best);
  (consider<Tiles>(shape, clusters, &best), ...);
  return best.launch != nullptr && best.launch(x, w, shape, out, best.parts, best.at_once, stream);
}

}  // namespace octet
