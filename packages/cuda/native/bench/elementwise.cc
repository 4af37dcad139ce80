// quantize and dequantize of float16, beside a copy of as many bytes.
#include "../kernels/launch.h"
#include "bench.h"

namespace octet::bench {
namespace {

constexpr int float16_dtype = 1, highest = 127, lowest = -127, group = 128;

struct Layout {
  const char* name;
  int64_t outer, channels, inner;
};

}  // namespace

void measure_elementwise(Bench& bench, int64_t rows, int64_t columns) {
  const size_t size = size_t(rows * columns);
  const int sets = bench.sets_for(size * 2);
  const std::vector<Layout> layouts = {{"rows", 1, rows, columns},
                                       {"columns", rows, columns, 1},
                                       {"groups", 1, rows * (columns / group), group},
                                       {"tensor", 1, 1, rows * columns}};
  std::vector<std::unique_ptr<Memory>> values, codes, copies;
  for (int set = 0; set < sets; set++) {
    values.push_back(std::make_unique<Memory>(size * 2));
    codes.push_back(std::make_unique<Memory>(size));
    copies.push_back(std::make_unique<Memory>(size * 2));
    fill_halves(values.back()->as<uint16_t>(), size, uint32_t(set), bench.stream);
    fill_codes(codes.back()->as<int8_t>(), size, uint32_t(set), bench.stream);
  }
  const Memory scales(size / group * 4 + 256), finding(finding_bytes);
  fill_scales(scales.as<float>(), scales.bytes() / 4, 0.01f, 1, bench.stream);
  require(cudaMemsetAsync(finding.as<void>(), 0, finding.bytes(), bench.stream), "clearing");

  std::vector<Arm> arms = {{"copy", [&](int set, cudaStream_t stream) {
                              require(cudaMemcpyAsync(copies[size_t(set)]->as<void>(), values[size_t(set)]->as<void>(), size * 2,
                                                      cudaMemcpyDeviceToDevice, stream),
                                      "copying");
                            }}};
  std::vector<double> bytes = {4. * double(size)};
  for (const Layout& one : layouts) {
    arms.push_back({std::string("dequantize-") + one.name, [&, one](int set, cudaStream_t stream) {
                      launch(DequantizeCall{codes[size_t(set)]->as<void>(), scales.as<void>(), copies[size_t(set)]->as<void>(), one.outer,
                                            one.channels, one.inner, float16_dtype},
                             {stream, false, nullptr});
                    }});
    bytes.push_back(3. * double(size) + 4. * double(one.channels));
  }
  for (const Layout& one : layouts) {
    arms.push_back({std::string("quantize-") + one.name, [&, one](int set, cudaStream_t stream) {
                      launch(QuantizeCall{values[size_t(set)]->as<void>(), codes[size_t(set)]->as<void>(), scales.as<void>(), finding.as<void>(),
                                          one.outer, one.channels, one.inner, float16_dtype, highest, lowest},
                             {stream, false, nullptr});
                    }});
    bytes.push_back(3. * double(size) + 4. * double(one.channels));
  }
  const std::vector<Timing> timings = time_arms(arms, sets, bench.samples, bench.stream);
  std::vector<std::pair<ArmResult, double>> results;
  for (size_t arm = 0; arm < arms.size(); arm++) results.push_back({{timings[arm], -1, ""}, bytes[arm]});
  bench.report.add_elementwise(rows, columns, results);
}

}  // namespace octet::bench
