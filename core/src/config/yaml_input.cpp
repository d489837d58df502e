#include "config/yaml_input.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/utf8.hpp"

namespace runnel::core {
namespace {

constexpr size_t kEscape = 6;  // \uXXXX

std::optional<uint32_t> unit_at(std::string_view text, size_t at) {
  if (at + kEscape > text.size() || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
  uint32_t unit = 0;
  const char* const start = text.data() + at + 2;
  const auto [end, error] = std::from_chars(start, start + 4, unit, 16);
  if (error != std::errc{} || end != start + 4) return std::nullopt;
  return unit;
}

std::optional<uint32_t> pair_at(std::string_view text, size_t at) {
  const auto high = unit_at(text, at), low = unit_at(text, at + kEscape);
  if (!high || !low || *high < 0xd800 || *high >= 0xdc00 || *low < 0xdc00 || *low >= 0xe000) return std::nullopt;
  return 0x10000 + ((*high - 0xd800) << 10) + (*low - 0xdc00);
}

bool looks_like_json(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[' || text[first] == '"');
}

}  // namespace

YamlInput::YamlInput(std::string_view source) : source_size_(source.size()) {
  if (looks_like_json(source) && source.find("\\u") != std::string_view::npos) {
    copy_json(source);
  } else {
    text_ = source;
  }
  if (!text_.empty() && text_.back() != '\n') text_ += '\n';
  text_.append("--- ").append(kSentinel).append("\n");
}

void YamlInput::copy_json(std::string_view source) {
  for (size_t i = 0; i < source.size();) {
    const auto code_point = pair_at(source, i);
    if (!code_point) {
      const size_t step = source[i] == '\\' && i + 1 < source.size() ? 2 : 1;
      text_.append(source.substr(i, step));
      i += step;
      continue;
    }
    char utf8[4];
    text_.append(utf8, encode_utf8(utf8, *code_point));
    i += 2 * kEscape;
    shifts_.emplace_back(text_.size(), i - text_.size());
  }
}

size_t YamlInput::original(size_t offset) const {
  const auto after = std::upper_bound(shifts_.begin(), shifts_.end(), offset,
                                      [](size_t value, const auto& shift) { return value < shift.first; });
  if (after != shifts_.begin()) offset += std::prev(after)->second;
  return std::min(offset, source_size_);
}

}  // namespace runnel::core
