// Which element uses which scale, and how ops go through all elements.
#pragma once
#include "vectors.cuh"

/** Element (o * channels + c) * inner + i uses scale c. */
struct ScaleLayout {
  int64_t outer, channels, inner;
};

/** Threads of a block in which each thread minds its own elements. */
constexpr int step_threads = 256;
