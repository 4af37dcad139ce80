#include "cublas-lt.h"

#include <dlfcn.h>

#include <cstdlib>
#include <stdexcept>

namespace octet::bench {
namespace {

constexpr size_t workspace_bytes = size_t(64) << 20;
// Names and numbers of cublasLt.h, cublas_api.h and library_types.h.
constexpr int compute_32f = 68, compute_32i = 72;
constexpr int type_32f = 0, type_16f = 2, type_8i = 3, type_32i = 10;
constexpr int description_transpose_a = 3, preference_workspace_bytes = 1, transpose = 1;

struct HeuristicResult {
  uint64_t algorithm[8];
  size_t workspace_bytes;
  int state;
  float waves;
  int reserved[4];
};
static_assert(sizeof(HeuristicResult) == 96, "cublasLtMatmulHeuristicResult_t has 96 bytes");

std::vector<std::string> candidates() {
  std::vector<std::string> paths;
  if (const char* named = getenv("OCTET_CUBLASLT")) paths.push_back(named);
  for (const char* name : {"libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so"}) paths.push_back(name);
  for (const char* folder : {getenv("CUDA_HOME"), static_cast<char*>(nullptr)})
    if (folder != nullptr) paths.push_back(std::string(folder) + "/lib64/libcublasLt.so");
  paths.push_back("/usr/local/cuda/lib64/libcublasLt.so");
  return paths;
}

void* open_library(std::string* path, std::string* tried) {
  for (const std::string& candidate : candidates()) {
    if (void* library = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL)) {
      *path = candidate;
      Dl_info info;
      if (void* symbol = dlsym(library, "cublasLtCreate"); symbol != nullptr && dladdr(symbol, &info) != 0) *path = info.dli_fname;
      return library;
    }
    *tried += (tried->empty() ? "" : "; ") + std::string(dlerror());
  }
  return nullptr;
}

}  // namespace

struct CublasLt::Functions {
  int (*create)(void** handle);
  size_t (*version)();
  int (*description_create)(void** description, int compute_type, int scale_type);
  int (*description_set)(void* description, int attribute, const void* value, size_t bytes);
  int (*description_destroy)(void* description);
  int (*layout_create)(void** layout, int type, uint64_t rows, uint64_t columns, int64_t leading);
  int (*layout_destroy)(void* layout);
  int (*preference_create)(void** preference);
  int (*preference_set)(void* preference, int attribute, const void* value, size_t bytes);
  int (*preference_destroy)(void* preference);
  int (*heuristic)(void* handle, void* description, void* a, void* b, void* c, void* d, void* preference, int wanted,
                   HeuristicResult* results, int* found);
  int (*multiply)(void* handle, void* description, const void* alpha, const void* a, void* a_layout, const void* b, void* b_layout,
                  const void* beta, const void* c, void* c_layout, void* d, void* d_layout, const uint64_t* algorithm, void* workspace,
                  size_t workspace_bytes, cudaStream_t stream);

  /** Whether the library has all of them. */
  bool load(void* library) {
    bool complete = true;
    const auto find = [&](auto& function, const char* name) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
      complete = complete && function != nullptr;
    };
    find(create, "cublasLtCreate");
    find(version, "cublasLtGetVersion");
    find(description_create, "cublasLtMatmulDescCreate");
    find(description_set, "cublasLtMatmulDescSetAttribute");
    find(description_destroy, "cublasLtMatmulDescDestroy");
    find(layout_create, "cublasLtMatrixLayoutCreate");
    find(layout_destroy, "cublasLtMatrixLayoutDestroy");
    find(preference_create, "cublasLtMatmulPreferenceCreate");
    find(preference_set, "cublasLtMatmulPreferenceSetAttribute");
    find(preference_destroy, "cublasLtMatmulPreferenceDestroy");
    find(heuristic, "cublasLtMatmulAlgoGetHeuristic");
    find(multiply, "cublasLtMatmul");
    return complete;
  }
};

std::unique_ptr<CublasLt> CublasLt::open(std::string* tried) {
  std::unique_ptr<CublasLt> self(new CublasLt);
  void* library = open_library(&self->path, tried);
  if (library == nullptr) return nullptr;
  self->functions_ = std::make_shared<Functions>();
  if (!self->functions_->load(library)) {
    *tried = self->path + " lacks functions of cuBLASLt";
    return nullptr;
  }
  if (const int status = self->functions_->create(&self->handle_)) {
    *tried = "cublasLtCreate of " + self->path + " returned " + std::to_string(status);
    return nullptr;
  }
  self->version = self->functions_->version();
  self->workspace_ = std::make_unique<Memory>(workspace_bytes);
  return self;
}

// cuBLASLt counts column-major: y transposed = w times x transposed, w given as [k, n] and asked to be transposed.
CublasLt::Multiply::Multiply(CublasLt& library, Kind kind, int64_t m, int64_t n, int64_t k) : library_(library), kind_(kind) {
  const Functions& call = *library.functions_;
  const bool floats = kind == Kind::float16;
  const int in = floats ? type_16f : type_8i, out = floats ? type_16f : type_32i, yes = transpose;
  const bool ready = call.description_create(&description_, floats ? compute_32f : compute_32i, floats ? type_32f : type_32i) == 0 &&
                     call.description_set(description_, description_transpose_a, &yes, sizeof yes) == 0 &&
                     call.layout_create(&w_layout_, in, uint64_t(k), uint64_t(n), k) == 0 &&
                     call.layout_create(&x_layout_, in, uint64_t(k), uint64_t(m), k) == 0 &&
                     call.layout_create(&y_layout_, out, uint64_t(n), uint64_t(m), n) == 0;
  if (!ready) throw std::runtime_error("cuBLASLt refused to describe a multiplication");
}

CublasLt::Multiply::~Multiply() {
  const Functions& call = *library_.functions_;
  call.description_destroy(description_);
  for (void* layout : {w_layout_, x_layout_, y_layout_}) call.layout_destroy(layout);
}

std::vector<Algorithm> CublasLt::Multiply::algorithms(int most) const {
  const Functions& call = *library_.functions_;
  void* preference = nullptr;
  const uint64_t bytes = workspace_bytes;
  std::vector<HeuristicResult> results(static_cast<size_t>(most));
  int found = 0;
  if (call.preference_create(&preference) != 0) return {};
  call.preference_set(preference, preference_workspace_bytes, &bytes, sizeof bytes);
  const int status = call.heuristic(library_.handle_, description_, w_layout_, x_layout_, y_layout_, y_layout_, preference, most,
                                    results.data(), &found);
  call.preference_destroy(preference);
  std::vector<Algorithm> algorithms;
  for (int i = 0; status == 0 && i < found; i++) {
    const HeuristicResult& result = results[size_t(i)];
    if (result.state != 0) continue;
    Algorithm algorithm{{}, result.workspace_bytes};
    std::copy(std::begin(result.algorithm), std::end(result.algorithm), algorithm.data);
    algorithms.push_back(algorithm);
  }
  return algorithms;
}

bool CublasLt::Multiply::run(const Algorithm& algorithm, const void* x, const void* w, void* y, cudaStream_t stream) const {
  const float float_one = 1, float_zero = 0;
  const int32_t one = 1, zero = 0;
  const bool floats = kind_ == Kind::float16;
  return library_.functions_->multiply(library_.handle_, description_, floats ? static_cast<const void*>(&float_one) : &one, w, w_layout_, x,
                                       x_layout_, floats ? static_cast<const void*>(&float_zero) : &zero, y, y_layout_, y, y_layout_,
                                       algorithm.data, library_.workspace_->as<void>(), algorithm.workspace_bytes, stream) == 0;
}

}  // namespace octet::bench
