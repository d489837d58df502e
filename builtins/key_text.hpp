// The text by which classes that remember things know a key again: equal JSON gives the same one. 1 is 1.0, and the
// members of an object may come in any order.
#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <runnel/activation.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runnel::builtin {

namespace detail {

// SipHash-2-4 of 128 bits with a fixed key: the same in every run, and nobody finds two texts with one hash by chance.
class LongHash {
 public:
  explicit LongHash(std::string_view text) {
    constexpr size_t kWord = 8;
    size_t at = 0;
    for (; at + kWord <= text.size(); at += kWord) take(word(text.substr(at, kWord)));
    take(word(text.substr(at)) | (uint64_t{text.size()} << 56));
    c_ ^= 0xee;
    rounds(4);
    first_ = a_ ^ b_ ^ c_ ^ d_;
    b_ ^= 0xdd;
    rounds(4);
    second_ = a_ ^ b_ ^ c_ ^ d_;
  }

  std::string hex() const {
    std::string text;
    for (const uint64_t half : {first_, second_}) {
      for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(half >> shift) & 0xf];
    }
    return text;
  }

 private:
  static uint64_t word(std::string_view bytes) {
    uint64_t word = 0;
    for (size_t i = 0; i < bytes.size(); ++i) word |= uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return word;
  }
  void take(uint64_t word) {
    d_ ^= word;
    rounds(2);
    a_ ^= word;
  }
  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      a_ += b_, b_ = std::rotl(b_, 13) ^ a_, a_ = std::rotl(a_, 32);
      c_ += d_, d_ = std::rotl(d_, 16) ^ c_;
      a_ += d_, d_ = std::rotl(d_, 21) ^ a_;
      c_ += b_, b_ = std::rotl(b_, 17) ^ c_, c_ = std::rotl(c_, 32);
    }
  }

  uint64_t a_ = 0x736f6d6570736575, b_ = 0x646f72616e646f6d ^ 0xee, c_ = 0x6c7967656e657261, d_ = 0x7465646279746573;
  uint64_t first_ = 0, second_ = 0;
};

// digits "e" exponent, without leading and trailing zeros: one text for 100, 1e2 and 100.0.
inline std::string number_text(const std::string& json) {
  std::string digits;
  int64_t exponent = 0;
  size_t at = json.starts_with('-') ? 1 : 0;
  bool is_fraction = false;
  for (; at < json.size() && json[at] != 'e' && json[at] != 'E'; ++at) {
    if (json[at] == '.') {
      is_fraction = true;
      continue;
    }
    if (!digits.empty() || json[at] != '0') digits += json[at];
    exponent -= is_fraction;
  }
  if (digits.empty()) return "0";
  if (at < json.size()) {
    at += json[at + 1] == '+' ? 2 : 1;
    int64_t given = 0;
    if (std::from_chars(json.data() + at, json.data() + json.size(), given).ec != std::errc{}) return json;
    if (given > INT64_MAX / 2 || given < INT64_MIN / 2) return json;
    exponent += given;
  }
  while (digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  return (json.starts_with('-') ? "-" : "") + digits + "e" + std::to_string(exponent);
}

inline void add_string(std::string& text, std::string_view string) {
  text += '"' + std::to_string(string.size()) + ':';
  text += string;
}

inline void add_value(std::string& text, const Value& value) {
  if (value.is_string()) return add_string(text, *value.as_string());
  if (value.is_number()) {
    text += number_text(value.json());
  } else if (value.is_array()) {
    text += '[';
    for (uint32_t i = 0; i < value.size(); ++i) {
      add_value(text, value.at(i));
      text += ',';
    }
    text += ']';
  } else if (value.is_object()) {
    std::vector<std::pair<std::string_view, Value>> members;
    for (uint32_t i = 0; i < value.size(); ++i) members.push_back(value.member(i));
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    text += '{';
    for (const auto& [key, member] : members) {
      add_string(text, key);
      add_value(text, member);
      text += ',';
    }
    text += '}';
  } else {
    text += value.is_null() ? "null" : value.bool_or(false) ? "true" : "false";
  }
}

}  // namespace detail

inline std::string key_text(const Value& value) {
  std::string text;
  detail::add_value(text, value);
  return text;
}

constexpr size_t kLongestKey = 64;  // bytes; longer ones are remembered by a hash of 128 bits, so memory stays bounded

inline std::string short_key_text(const Value& value) {
  std::string text = key_text(value);
  return text.size() <= kLongestKey ? text : '#' + detail::LongHash(text).hex();
}

// The path of a key; not an expression: one that fails would fail the judging, and with it other jobs.
inline std::string key_path(const Value& path, const std::string& param) {
  std::string text = path.string_or("");
  if (text.starts_with('=')) {
    throw ConfigError(param, "takes a path, not an expression; a mapper before this routine can compute the key");
  }
  return text;
}

}  // namespace runnel::builtin
