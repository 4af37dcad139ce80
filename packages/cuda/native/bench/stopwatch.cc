#include "stopwatch.h"

#include <algorithm>
#include <cmath>

#include "device.h"

namespace octet::bench {
namespace {

constexpr int fewest_launches = 20, most_launches = 400;
constexpr double graph_microseconds = 2000;

class Event {
 public:
  Event() { require(cudaEventCreate(&event_), "creating an event"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  void record(cudaStream_t stream) { require(cudaEventRecord(event_, stream), "recording an event"); }
  double microseconds_since(const Event& start) const {
    float milliseconds = 0;
    require(cudaEventSynchronize(event_), "waiting");
    require(cudaEventElapsedTime(&milliseconds, start.event_, event_), "reading a time");
    return milliseconds * 1000.;
  }

 private:
  cudaEvent_t event_ = nullptr;
};

struct Interval {
  Event start, end;
};

struct Recorded {
  cudaGraphExec_t graph;
  int launches;
};

Recorded record(const Arm& arm, int sets, cudaStream_t stream) {
  const double each = time_roughly(arm, sets, 3, stream);
  const int launches = std::clamp(int(std::ceil(graph_microseconds / each)), fewest_launches, most_launches);
  cudaGraph_t graph = nullptr;
  Recorded recorded{nullptr, launches};
  require(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed), "capturing");
  for (int i = 0; i < launches; i++) arm.enqueue(i % sets, stream);
  require(cudaStreamEndCapture(stream, &graph), arm.name.c_str());
  require(cudaGraphInstantiate(&recorded.graph, graph, 0), arm.name.c_str());
  require(cudaGraphDestroy(graph), "destroying a graph");
  return recorded;
}

}  // namespace

double time_roughly(const Arm& arm, int sets, int launches, cudaStream_t stream) {
  Event start, end;
  arm.enqueue(0, stream);
  start.record(stream);
  for (int i = 0; i < launches; i++) arm.enqueue((i + 1) % sets, stream);
  end.record(stream);
  const double microseconds = end.microseconds_since(start) / launches;
  require(cudaGetLastError(), arm.name.c_str());
  return std::max(microseconds, 0.1);
}

std::vector<Timing> time_arms(const std::vector<Arm>& arms, int sets, int samples, cudaStream_t stream) {
  std::vector<Recorded> recorded;
  for (const Arm& arm : arms) recorded.push_back(record(arm, sets, stream));
  for (const Recorded& one : recorded) require(cudaGraphLaunch(one.graph, stream), "warming up");
  // Nobody waits in between: the host stays ahead of the device, so that what a launch costs the host is in no interval.
  std::vector<std::vector<Interval>> intervals(arms.size());
  for (auto& of_arm : intervals) of_arm = std::vector<Interval>(size_t(samples));
  for (int sample = 0; sample < samples; sample++)
    for (size_t turn = 0; turn < arms.size(); turn++) {
      const size_t arm = (turn + size_t(sample)) % arms.size();
      Interval& interval = intervals[arm][size_t(sample)];
      interval.start.record(stream);
      require(cudaGraphLaunch(recorded[arm].graph, stream), arms[arm].name.c_str());
      interval.end.record(stream);
    }
  std::vector<Timing> timings;
  for (size_t arm = 0; arm < arms.size(); arm++) {
    std::vector<double> sorted;
    for (const Interval& interval : intervals[arm]) sorted.push_back(interval.end.microseconds_since(interval.start) / recorded[arm].launches);
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&](double part) { return sorted[size_t(part * double(sorted.size() - 1) + 0.5)]; };
    timings.push_back({arms[arm].name, at(0.5), (at(0.9) - at(0.1)) / at(0.5), samples, recorded[arm].launches});
    require(cudaGraphExecDestroy(recorded[arm].graph), "destroying a graph");
  }
  return timings;
}

}  // namespace octet::bench
