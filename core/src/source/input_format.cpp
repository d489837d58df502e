#include "source/input_format.hpp"

namespace runnel::core {

const std::vector<std::string>& input_format_names() {
  static const std::vector<std::string> names{"jsonl", "json", "csv", "tsv", "lines", "jobs", "records"};
  return names;
}

std::optional<InputFormat> input_format_of(std::string_view name) {
  const std::vector<std::string>& names = input_format_names();
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<InputFormat>(i);
  }
  return std::nullopt;
}

}  // namespace runnel::core
