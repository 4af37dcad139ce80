// What the machine can do at most, in this run.
#include <algorithm>
#include <cstdio>

#include "bench.h"

namespace octet::bench {
namespace {

/** In a graph, cudaMemcpyAsync copies 512 MiB and its multiples at 2.7 TB/s, any other size near it at 4.2: this is not one of them. */
constexpr size_t stream_bytes = size_t(960) << 20;
constexpr int64_t product = 8192;

void measure_memory(Bench& bench) {
  constexpr int sets = 4;
  std::vector<std::unique_ptr<Memory>> sources, targets;
  for (int set = 0; set < sets; set++) {
    sources.push_back(std::make_unique<Memory>(stream_bytes));
    targets.push_back(std::make_unique<Memory>(stream_bytes));
    fill_codes(sources.back()->as<int8_t>(), stream_bytes, uint32_t(set), bench.stream);
  }
  const Memory sink(4);
  const std::vector<Arm> arms = {
      {"copy",
       [&](int set, cudaStream_t stream) {
         require(cudaMemcpyAsync(targets[size_t(set)]->as<void>(), sources[size_t(set)]->as<void>(), stream_bytes, cudaMemcpyDeviceToDevice, stream), "copying");
       }},
      {"read", [&](int set, cudaStream_t stream) {
         read_all(sources[size_t(set)]->as<void>(), stream_bytes, sink.as<uint32_t>(), bench.device.multiProcessorCount, stream);
       }}};
  const std::vector<Timing> timings = time_arms(arms, sets, bench.samples, bench.stream);
  const double copy = 2. * stream_bytes / timings[0].median_microseconds / 1000, read = stream_bytes / timings[1].median_microseconds / 1000.;
  bench.report.ceilings.add("copyGigabytesPerSecond", copy).add("readGigabytesPerSecond", read);
  printf("ceilings: copy %.0f GB/s (read + written), read %.0f GB/s\n", copy, read);
}

}  // namespace

void measure_ceilings(Bench& bench) {
  measure_memory(bench);
  if (bench.cublas == nullptr) return;
  const size_t elements = size_t(product * product);
  const Memory x(elements * 2), w(elements * 2), y(elements * 2);
  fill_halves(x.as<uint16_t>(), elements, 1, bench.stream);
  fill_halves(w.as<uint16_t>(), elements, 2, bench.stream);
  const CublasLt::Multiply multiply(*bench.cublas, CublasLt::Kind::float16, product, product, product);
  double best = 0;
  for (const Algorithm& algorithm : multiply.algorithms(8)) {
    if (!multiply.run(algorithm, x.as<void>(), w.as<void>(), y.as<void>(), bench.stream)) continue;
    const Arm arm{"gemm", [&](int, cudaStream_t stream) { multiply.run(algorithm, x.as<void>(), w.as<void>(), y.as<void>(), stream); }};
    const double microseconds = time_arms({arm}, 1, 10, bench.stream)[0].median_microseconds;
    best = std::max(best, 2. * double(product) * double(product) * double(product) / microseconds / 1e6);
  }
  bench.report.ceilings.add("float16TeraflopsPerSecond", best);
  printf("ceilings: float16 product of 8192 x 8192 x 8192 by cuBLASLt %.0f TFLOP/s\n", best);
}

}  // namespace octet::bench
