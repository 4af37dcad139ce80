// What the launches of a graph found, as one finding: that of the first of them that found something.
#include "../launch-support.cuh"
#include "../vectors.cuh"

namespace octet {
namespace {

constexpr int finding_threads = 256;

/** One block. */
__global__ void __launch_bounds__(finding_threads) first_finding(const Finding* records, int64_t count, Finding* first) {
  uint32_t found = 0;
  for (int64_t i = threadIdx.x; i < count; i += finding_threads)
    if (records[i].count != 0) found = max(found, ~uint32_t(i));
  found = block_maximum<finding_threads>(found);
  if (threadIdx.x == 0) *first = found == 0 ? Finding{} : records[~found];
}

}  // namespace

void launch(const FirstFindingCall& call, const LaunchPlace& place) {
  const auto* records = static_cast<const Finding*>(call.records);
  auto* first = static_cast<Finding*>(call.first);
  const int64_t count = call.count;
  OCTET_LAUNCH(first_finding, dim3(1), dim3(finding_threads), finding_threads / 8, place.stream, records, count, first);
}

}  // namespace octet
