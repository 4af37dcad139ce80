#include "report.h"

#include <cstdint>
#include <cstdio>
#include <stdexcept>

namespace octet::bench {
namespace {

std::string quoted(const std::string& text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    json += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return json + "\"";
}

Fields fields_of(const ArmResult& arm) {
  Fields fields;
  fields.add("name", arm.timing.name).add("microseconds", arm.timing.median_microseconds).add("spread", arm.timing.spread);
  fields.add("samples", arm.timing.samples).add("launches", arm.timing.launches);
  if (arm.error >= 0) fields.add("error", arm.error);
  if (!arm.note.empty()) fields.add("note", arm.note);
  return fields;
}

}  // namespace

Fields& Fields::add_json(const std::string& name, const std::string& json) {
  body_ += (body_.empty() ? "" : ",") + quoted(name) + ":" + json;
  return *this;
}

Fields& Fields::add(const std::string& name, const std::string& value) { return add_json(name, quoted(value)); }

Fields& Fields::add(const std::string& name, double value) {
  char text[32];
  snprintf(text, sizeof text, "%.7g", value);
  // JSON has no word for what is not finite.
  const bool finite = value - value == 0;
  return add_json(name, finite ? text : "null");
}

std::string json_array(const std::vector<std::string>& elements) {
  std::string json = "[";
  for (const std::string& element : elements) json += (json.size() > 1 ? "," : "") + element;
  return json + "]";
}

void Report::add_linear(int64_t n, int64_t k, int64_t m, const std::vector<ArmResult>& arms) {
  printf("linear n=%lld k=%lld m=%lld", static_cast<long long>(n), static_cast<long long>(k), static_cast<long long>(m));
  std::vector<std::string> json;
  for (const ArmResult& arm : arms) {
    json.push_back(fields_of(arm).json());
    printf("  %s %.1f", arm.timing.name.c_str(), arm.timing.median_microseconds);
  }
  printf(" us\n");
  fflush(stdout);
  linear_.push_back(Fields().add("n", double(n)).add("k", double(k)).add("m", double(m)).add_json("arms", json_array(json)).json());
}

void Report::add_elementwise(int64_t rows, int64_t columns, const std::vector<std::pair<ArmResult, double>>& arms) {
  printf("elementwise %lld x %lld", static_cast<long long>(rows), static_cast<long long>(columns));
  std::vector<std::string> json;
  for (const auto& [arm, bytes] : arms) {
    json.push_back(fields_of(arm).add("bytes", bytes).json());
    printf("  %s %.0f GB/s", arm.timing.name.c_str(), bytes / arm.timing.median_microseconds / 1000);
  }
  printf("\n");
  fflush(stdout);
  elementwise_.push_back(
      Fields().add("rows", double(rows)).add("columns", double(columns)).add_json("arms", json_array(json)).json());
}

void Report::add_left_out(const std::string& what) {
  printf("left out: %s\n", what.c_str());
  fflush(stdout);
  left_out_.push_back(quoted(what));
}

void Report::write(const std::string& path) const {
  Fields all;
  all.add_json("device", device.json()).add_json("ceilings", ceilings.json()).add_json("linear", json_array(linear_));
  all.add_json("elementwise", json_array(elementwise_)).add_json("leftOut", json_array(left_out_));
  FILE* file = fopen(path.c_str(), "w");
  if (file == nullptr) throw std::runtime_error("cannot write " + path);
  fprintf(file, "%s\n", all.json().c_str());
  fclose(file);
}

}  // namespace octet::bench
