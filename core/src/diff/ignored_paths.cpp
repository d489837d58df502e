#include "diff/ignored_paths.hpp"

#include <algorithm>
#include <charconv>

#include "value/reader.hpp"
#include "value/writer.hpp"

namespace runnel::core {
namespace {

constexpr std::string_view kEndOfKey = ".[]\"";

bool is_plain(std::string_view key) {
  return !key.empty() && key != "*" && key.find_first_of(kEndOfKey) == std::string_view::npos &&
         std::none_of(key.begin(), key.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20; });
}

}  // namespace

std::string IgnoredPaths::add(std::string_view path) {
  std::vector<Part> parts;
  std::string_view rest = path.starts_with("$.") ? path.substr(2) : path;
  bool key_comes = true;
  while (!rest.empty() || key_comes) {
    Part part;
    if (key_comes) {
      part.key = rest.substr(0, rest.find_first_of(kEndOfKey));
      if (part.key.empty()) return "a name is missing";
      part.is_any = part.key == "*";
      rest.remove_prefix(part.key.size());
    } else if (rest.starts_with("[\"")) {
      size_t end = 2;
      while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
      Reader reader;
      Arena memory;
      Value name{};
      if (end >= rest.size() || !rest.substr(end).starts_with("\"]") || !reader.read(rest.substr(1, end), memory, name))
        return "[\"...\"] is not closed";
      part.key = to_std_string(name);
      rest.remove_prefix(end + 2);
    } else if (rest.starts_with("[")) {
      const size_t end = rest.find(']');
      if (end == std::string_view::npos) return "']' is missing";
      const std::string_view index = rest.substr(1, end - 1);
      part.is_index = true;
      part.is_any = index == "*";
      const auto [stop, error] = std::from_chars(index.data(), index.data() + index.size(), part.index);
      if (!part.is_any && (error != std::errc{} || stop != index.data() + index.size()))
        return "an index is [0], [1], ... or [*]";
      rest.remove_prefix(end + 1);
    } else {
      return "'.' or '[' is missing";
    }
    parts.push_back(std::move(part));
    key_comes = rest.starts_with('.');
    if (key_comes) rest.remove_prefix(1);
  }
  paths_.push_back(std::move(parts));
  return "";
}

IgnoredPaths::Steps IgnoredPaths::start() const {
  Steps steps;
  for (uint32_t i = 0; i < paths_.size(); ++i) steps.push_back({i, 0});
  return steps;
}

template <class Matches>
bool IgnoredPaths::descend(const Steps& at, Steps& below, Matches&& matches) const {
  below.clear();
  for (const Step& step : at) {
    const std::vector<Part>& path = paths_[step.path];
    if (!matches(path[step.next])) continue;
    if (step.next + 1 == path.size()) return true;
    below.push_back({step.path, step.next + 1});
  }
  return false;
}

bool IgnoredPaths::ignores_member(const Steps& at, std::string_view key, Steps& below) const {
  return descend(at, below, [&](const Part& part) { return !part.is_index && (part.is_any || part.key == key); });
}

bool IgnoredPaths::ignores_element(const Steps& at, uint32_t index, Steps& below) const {
  return descend(at, below, [&](const Part& part) { return part.is_index && (part.is_any || part.index == index); });
}

std::string path_of_member(const std::string& path, std::string_view key) {
  if (is_plain(key)) return path.empty() ? std::string(key) : path + "." + std::string(key);
  return path + "[" + to_json(string_view_value(key)) + "]";
}

std::string path_of_element(const std::string& path, uint32_t index) {
  return path + "[" + std::to_string(index) + "]";
}

}  // namespace runnel::core
