#include "routine/class_name.hpp"

#include <algorithm>

namespace runnel::core {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// A name of the Python library: CamelCase, alone or in one of its modules. Other libraries' classes are not ours.
bool is_python_name(std::string_view name) {
  const size_t dot = name.find_last_of('.');
  if (dot != std::string_view::npos && !name.starts_with("routilux.")) return false;
  const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  return std::any_of(last.begin(), last.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

std::string class_name_of(std::string_view name) {
  const size_t dot = name.find_last_of('.');
  const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  if (last.empty() || !is_upper(last[0]) || !is_id(last)) return std::string(name);
  std::string result;
  for (size_t i = 0; i < last.size(); ++i) {
    const bool ends_word =
        i > 0 && is_upper(last[i]) &&
        (is_lower(last[i - 1]) || (is_upper(last[i - 1]) && i + 1 < last.size() && is_lower(last[i + 1])));
    if (ends_word) result += '_';
    result += is_upper(last[i]) ? static_cast<char>(last[i] | 0x20) : last[i];
  }
  return result;
}

const RoutineSpec* find_class(const Registry& registry, std::string_view name) {
  const RoutineSpec* spec = registry.find(name);
  return spec || !is_python_name(name) ? spec : registry.find(class_name_of(name));
}

}  // namespace runnel::core
