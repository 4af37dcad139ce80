// octet_bench: Octet's kernels beside cuBLASLt in one process, on one GPU. Prints as it goes, writes JSON in the end.
//
//   octet_bench --out FILE [--seconds 300] [--samples 30] [--quick]
//
// Weights and tensors rotate over sets that the L2 cache cannot hold; data is random; times are medians of CUDA events around graphs of
// at least 20 launches, the arms taking turns. --quick: the first shape at M = 1 and 256 only.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "bench.h"

namespace octet::bench {

int Bench::sets_for(size_t bytes) const {
  const size_t wanted = 3 * size_t(device.l2CacheSize);
  return int(std::max<size_t>(4, (wanted + bytes - 1) / bytes));
}

namespace {

void describe(Bench& bench, const std::string& tried) {
  int driver = 0, runtime = 0;
  require(cudaDriverGetVersion(&driver), "asking for the driver's version");
  require(cudaRuntimeGetVersion(&runtime), "asking for the runtime's version");
  const cudaDeviceProp& device = bench.device;
  bench.report.device.add("name", std::string(device.name)).add("capability", device.major * 10 + device.minor);
  bench.report.device.add("multiprocessors", device.multiProcessorCount).add("l2Bytes", device.l2CacheSize);
  bench.report.device.add("memoryBytes", double(device.totalGlobalMem)).add("driver", driver).add("runtime", runtime);
  if (bench.cublas != nullptr) {
    bench.report.device.add("cublasLt", bench.cublas->path).add("cublasLtVersion", double(bench.cublas->version));
    printf("%s; cuBLASLt %zu, %s\n", device.name, bench.cublas->version, bench.cublas->path.c_str());
  } else {
    bench.report.add_left_out("cuBLASLt: not found (" + tried + "); name it in OCTET_CUBLASLT");
  }
}

int run(const std::string& out, int seconds, int samples, bool quick) {
  int count = 0;
  require(cudaGetDeviceCount(&count), "no NVIDIA GPU can be used");
  Bench bench;
  bench.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  bench.samples = samples;
  require(cudaGetDeviceProperties(&bench.device, 0), "asking what the device is");
  require(cudaStreamCreateWithFlags(&bench.stream, cudaStreamNonBlocking), "creating a stream");
  std::string tried;
  bench.cublas = CublasLt::open(&tried);
  describe(bench, tried);
  const std::vector<int64_t> rows = quick ? std::vector<int64_t>{1, 256} : std::vector<int64_t>{1, 8, 16, 64, 256, 1024, 4096};
  std::vector<std::function<void()>> tables = {[&] { measure_ceilings(bench); }, [&] { measure_linear(bench, 8192, 28672, rows); }};
  if (!quick) {
    tables.push_back([&] { measure_elementwise(bench, 8192, 28672); });
    tables.push_back([&] { measure_elementwise(bench, 4096, 8192); });
    tables.push_back([&] { measure_linear(bench, 4096, 4096, rows); });
    tables.push_back([&] { measure_linear(bench, 28672, 8192, rows); });
  }
  for (const auto& measure : tables) {
    measure();
    // What is done is kept, should the rest be stopped.
    bench.report.write(out);
  }
  return 0;
}

}  // namespace
}  // namespace octet::bench

int main(int count, char** arguments) {
  std::string out = "bench.json";
  int seconds = 300, samples = 30;
  bool quick = false;
  for (int i = 1; i < count; i++) {
    const std::string name = arguments[i];
    const bool valued = i + 1 < count;
    if (name == "--out" && valued) out = arguments[++i];
    else if (name == "--seconds" && valued) seconds = atoi(arguments[++i]);
    else if (name == "--samples" && valued) samples = atoi(arguments[++i]);
    else if (name == "--quick") quick = true;
    else {
      fprintf(stderr, "octet_bench: does not know %s; use --out FILE, --seconds N, --samples N, --quick\n", name.c_str());
      return 2;
    }
  }
  try {
    return octet::bench::run(out, seconds, samples, quick);
  } catch (const std::exception& error) {
    fprintf(stderr, "octet_bench: %s\n", error.what());
    return 1;
  }
}
