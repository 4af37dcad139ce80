// Linear: Octet's ways with int8 weights beside cuBLASLt with float16 weights, on the same numbers.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "../kernels/launch.h"
#include "bench.h"

namespace octet::bench {
namespace {

constexpr int float16_dtype = 1, int8_dtype = 3;
constexpr int most_algorithms = 24;

/** Copies of one weight, as codes with scales and as float16: the same numbers, as near as float16 can. */
struct Weights {
  std::vector<std::unique_ptr<Memory>> codes, scales, halves;
};

Weights make_weights(Bench& bench, int64_t n, int64_t k, int sets) {
  Weights weights;
  const size_t size = size_t(n * k);
  for (int set = 0; set < sets; set++) {
    weights.codes.push_back(std::make_unique<Memory>(size));
    weights.scales.push_back(std::make_unique<Memory>(size_t(n) * 4));
    weights.halves.push_back(std::make_unique<Memory>(size * 2));
    auto* codes = weights.codes.back()->as<int8_t>();
    auto* scales = weights.scales.back()->as<float>();
    fill_codes(codes, size, uint32_t(1000 + set), bench.stream);
    fill_scales(scales, size_t(n), float(1 / (64 * std::sqrt(double(k)))), uint32_t(2000 + set), bench.stream);
    launch(DequantizeCall{codes, scales, weights.halves.back()->as<void>(), 1, n, k, float16_dtype}, {bench.stream, false, nullptr});
    require(cudaGetLastError(), "dequantizing");
  }
  return weights;
}

struct Cell {
  Bench& bench;
  const Weights& weights;
  int64_t m, n, k;
  int sets;
  Memory x, codes, y, products, wanted, workspace, finding;

  Cell(Bench& bench, const Weights& weights, int64_t m, int64_t n, int64_t k, int sets)
      : bench(bench), weights(weights), m(m), n(n), k(k), sets(sets), x(size_t(m * k) * 2), codes(size_t(m * k)), y(size_t(m * n) * 2),
        products(size_t(m * n) * 4), wanted(size_t(m * n) * 2), workspace(std::max<size_t>(16, workspace_bytes(call_of(16)))), finding(finding_bytes) {
    fill_halves(x.as<uint16_t>(), size_t(m * k), 7, bench.stream);
    fill_codes(codes.as<int8_t>(), size_t(m * k), 8, bench.stream);
    require(cudaMemsetAsync(finding.as<void>(), 0, finding.bytes(), bench.stream), "clearing");
  }

  /** One of Octet's own; activations of 0 bits stay float16. */
  Arm octet(const char* name, int activation_bits) {
    return {name, [this, activation_bits](int set, cudaStream_t stream) {
              LinearCall call = call_of(activation_bits);
              call.x = x.as<void>();
              call.weight = weights.codes[size_t(set)]->as<void>();
              call.scales = weights.scales[size_t(set)]->as<void>();
              call.y = y.as<void>();
              call.finding = finding.as<void>();
              // As in a chain of layers: weights are older than the op before.
              launch(call, {stream, true, workspace.as<void>()});
            }};
  }

  /** Everything but memory. */
  LinearCall call_of(int activation_bits) const {
    LinearCall call{};
    call.m = m, call.n = n, call.k = k;
    call.x_dtype = call.dtype = float16_dtype;
    call.weight_dtype = int8_dtype;
    call.scale_count = n;
    call.activation_bits = activation_bits;
    return call;
  }

  /** The fastest of cuBLASLt's proposals; nothing where it has none. */
  std::vector<Arm> cublas(const char* name, const CublasLt::Multiply& multiply, bool floats, void* result, std::string* note) {
    const auto arm_of = [=, &multiply](const Algorithm& algorithm) {
      return Arm{name, [=, &multiply](int set, cudaStream_t stream) {
                   const Memory& w = floats ? *weights.halves[size_t(set)] : *weights.codes[size_t(set)];
                   multiply.run(algorithm, floats ? x.as<void>() : codes.as<void>(), w.as<void>(), result, stream);
                 }};
    };
    std::vector<Arm> best;
    double least = INFINITY, favourite = 0;
    int tried = 0;
    for (const Algorithm& algorithm : multiply.algorithms(most_algorithms)) {
      const Memory& w = floats ? *weights.halves[0] : *weights.codes[0];
      if (!multiply.run(algorithm, floats ? x.as<void>() : codes.as<void>(), w.as<void>(), result, bench.stream)) continue;
      const double microseconds = time_roughly(arm_of(algorithm), sets, 5, bench.stream);
      if (tried++ == 0) favourite = microseconds;
      if (microseconds >= least) continue;
      least = microseconds;
      best = {arm_of(algorithm)};
    }
    char text[96];
    snprintf(text, sizeof text, "best of %d algorithms, %.2f times as fast as the first", tried, favourite / least);
    *note = text;
    return best;
  }
};

void measure_cell(Bench& bench, const Weights& weights, int64_t m, int64_t n, int64_t k, int sets) {
  Cell cell(bench, weights, m, n, k, sets);
  std::vector<Arm> arms = {cell.octet("octet-float16", 0), cell.octet("octet-int16", 16), cell.octet("octet-int8", 8)};
  std::vector<std::string> notes(arms.size());
  std::unique_ptr<CublasLt::Multiply> floats, integers;
  const auto add = [&](const char* name, CublasLt::Kind kind, std::unique_ptr<CublasLt::Multiply>& multiply, void* result) {
    multiply = std::make_unique<CublasLt::Multiply>(*bench.cublas, kind, m, n, k);
    std::string note;
    for (Arm& arm : cell.cublas(name, *multiply, kind == CublasLt::Kind::float16, result, &note)) {
      arms.push_back(arm);
      notes.push_back(note);
    }
  };
  if (bench.cublas != nullptr) {
    add("cublaslt-float16", CublasLt::Kind::float16, floats, cell.wanted.as<void>());
    add("cublaslt-int8-raw", CublasLt::Kind::int8, integers, cell.products.as<void>());
  }

  // Speed counts for nothing while the numbers are wrong: Octet's results against those of cuBLASLt, on the first weights.
  std::vector<double> errors(arms.size(), -1);
  if (arms.size() > 3 && arms[3].name == "cublaslt-float16") {
    arms[3].enqueue(0, bench.stream);
    for (size_t arm = 0; arm < 3; arm++) {
      require(cudaMemsetAsync(cell.y.as<void>(), 0xFF, cell.y.bytes(), bench.stream), "clearing");
      arms[arm].enqueue(0, bench.stream);
      require(cudaGetLastError(), arms[arm].name.c_str());
      errors[arm] = relative_difference(cell.y, cell.wanted, size_t(m * n), bench.stream);
      const double expected = arm == 2 ? 0.02 : 0.002;
      if (!(errors[arm] <= expected)) fprintf(stderr, "octet_bench: %s at m=%lld differs from cuBLASLt by %g\n", arms[arm].name.c_str(), static_cast<long long>(m), errors[arm]);
    }
  }
  const std::vector<Timing> timings = time_arms(arms, sets, bench.samples, bench.stream);
  std::vector<ArmResult> results;
  for (size_t arm = 0; arm < arms.size(); arm++) results.push_back({timings[arm], errors[arm], notes[arm]});
  bench.report.add_linear(n, k, m, results);
}

}  // namespace

void measure_linear(Bench& bench, int64_t n, int64_t k, const std::vector<int64_t>& rows) {
  const int sets = bench.sets_for(size_t(n * k));
  const Weights weights = make_weights(bench, n, k, sets);
  for (const int64_t m : rows) {
    const std::string what = "linear n=" + std::to_string(n) + " k=" + std::to_string(k) + " m=" + std::to_string(m);
    if (bench.out_of_time()) bench.report.add_left_out(what + ": out of time");
    else measure_cell(bench, weights, m, n, k, sets);
  }
}

}  // namespace octet::bench
