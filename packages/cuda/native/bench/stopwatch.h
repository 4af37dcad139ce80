// Times several ways to do the same, side by side: CUDA events around graphs of many launches, the arms taking turns.
#pragma once
#include <cuda_runtime_api.h>

#include <functional>
#include <string>
#include <vector>

namespace octet::bench {

struct Arm {
  std::string name;
  /** Enqueues the work once, on data set `set`. It has no other state: a graph is captured from it. */
  std::function<void(int set, cudaStream_t stream)> enqueue;
};

struct Timing {
  std::string name;
  /** Of one launch. */
  double median_microseconds;
  /** (90th - 10th percentile) / median */
  double spread;
  int samples, launches;
};

/** Each launch takes the next of `sets` data sets. At least 20 launches in a graph, `samples` runs of each. */
std::vector<Timing> time_arms(const std::vector<Arm>& arms, int sets, int samples, cudaStream_t stream);

/** The time of one launch in microseconds, roughly: to choose by. */
double time_roughly(const Arm& arm, int sets, int launches, cudaStream_t stream);

}  // namespace octet::bench
