// The results: lines for people while the bench runs, JSON in the end.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "stopwatch.h"

namespace octet::bench {

/** A JSON object under construction. */
class Fields {
 public:
  Fields& add(const std::string& name, double value);
  Fields& add(const std::string& name, const std::string& value);
  /** `json` is JSON already. */
  Fields& add_json(const std::string& name, const std::string& json);
  std::string json() const { return "{" + body_ + "}"; }

 private:
  std::string body_;
};

std::string json_array(const std::vector<std::string>& elements);

/** What was measured of one arm. `error`: relative difference to the arm it is compared with; negative where there is none. */
struct ArmResult {
  Timing timing;
  double error = -1;
  std::string note;
};

class Report {
 public:
  Fields device;
  Fields ceilings;

  void add_linear(int64_t n, int64_t k, int64_t m, const std::vector<ArmResult>& arms);
  /** `bytes`: read and written by each arm. */
  void add_elementwise(int64_t rows, int64_t columns, const std::vector<std::pair<ArmResult, double>>& arms);
  void add_left_out(const std::string& what);
  void write(const std::string& path) const;

 private:
  std::vector<std::string> linear_, elementwise_, left_out_;
};

}  // namespace octet::bench
