// A key as text, so that equal keys have equal texts: numbers by their value (1 and 1.0 are equal, 1 and "1" are not),
// objects whatever the order of their members.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <runnel/activation.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runnel::builtin {

inline void add_text(std::string& to, std::string_view text) {  // with its size: no text can look like two
  to += std::to_string(text.size());
  to += '"';
  to += text;
}

inline void add_number(std::string& to, const Value& number) {
  constexpr double kInt64End = 9223372036854775808.0;
  const auto integer = number.as_int();
  if (integer) {
    to += std::to_string(*integer);
    return;
  }
  const auto value = number.as_number();
  if (!value || std::abs(*value) >= kInt64End) {  // more digits than a double has: as it is written
    to += number.json();
    return;
  }
  if (*value == std::trunc(*value)) {
    to += std::to_string(static_cast<int64_t>(*value));
    return;
  }
  char digits[32];
  to.append(digits, std::to_chars(digits, digits + sizeof digits, *value).ptr);
}

inline void add_key(std::string& to, const Value& key) {
  if (const auto text = key.as_string()) return add_text(to, *text);
  if (key.is_number()) return add_number(to, key);
  if (const auto boolean = key.as_bool()) {
    to += *boolean ? 't' : 'f';
  } else if (key.is_array()) {
    to += '[';
    for (uint32_t i = 0; i < key.size(); ++i) {
      add_key(to, key.at(i));
      to += ',';
    }
    to += ']';
  } else if (key.is_object()) {
    std::vector<std::pair<std::string_view, Value>> members;
    for (uint32_t i = 0; i < key.size(); ++i) members.push_back(key.member(i));
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    to += '{';
    for (const auto& [name, value] : members) {
      add_text(to, name);
      add_key(to, value);
      to += ',';
    }
    to += '}';
  } else {
    to += 'n';
  }
}

// The path of a key; not an expression: one that fails would fail the judging, and with it other jobs.
inline std::string key_path(const Value& path, const std::string& param) {
  std::string text = path.string_or("");
  if (text.starts_with('=')) {
    throw ConfigError(param, "takes a path, not an expression; a mapper before this routine can compute the key");
  }
  return text;
}

inline std::string key_text(const Value& key) {
  std::string text;
  add_key(text, key);
  return text;
}

}  // namespace runnel::builtin
