// How many blocks share a tensor whose channels come again, and in what shape.
#pragma once
#include "launch-support.cuh"
#include "layout.cuh"

namespace octet {

/** `most_lanes` threads of a block lie across, or as many as there are vectors; per multiprocessor of a large GPU there are `per_multiprocessor` blocks. */
struct SlabLaunch {
  Slabs slabs;
  dim3 grid, block;

  SlabLaunch(ScaleLayout layout, int width, int64_t most_lanes, int64_t per_multiprocessor) {
    const int64_t across = layout.channels * layout.inner;
    int64_t lanes = 1;
    while (lanes < most_lanes && lanes * width < across) lanes *= 2;
    const int64_t steps = step_threads / lanes, tiles = divide_up(across, lanes * width);
    const int64_t wanted = std::max<int64_t>(1, per_multiprocessor * 132 / tiles);
    slabs = {layout.outer, across, std::max(divide_up(layout.outer, wanted), steps), uint32_t(tiles)};
    grid = dim3(unsigned(tiles * divide_up(layout.outer, slabs.depth)));
    block = dim3(unsigned(lanes), unsigned(steps));
  }
};

}  // namespace octet
