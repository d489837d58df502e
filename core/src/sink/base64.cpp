#include "sink/base64.hpp"

#include <cstdint>

namespace runnel::core {

namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string result;
  result.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i) bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0u);
    for (size_t i = 0; i < 4; ++i) result += i <= group.size() ? kDigits[bits >> (18 - 6 * i) & 63] : '=';
  }
  return result;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string result;
  result.reserve(text.size() / 4 * 3);
  for (size_t at = 0; at < text.size(); at += 4) {
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; ++i) {
      const size_t digit = kDigits.find(text[at + i]);
      bits = bits << 6 | static_cast<uint32_t>(digit == std::string_view::npos ? 0 : digit);
    }
    for (int shift = 16; shift >= 0; shift -= 8) result += static_cast<char>(bits >> shift & 0xff);
  }
  if (text.ends_with("==")) result.pop_back();
  if (text.ends_with('=')) result.pop_back();
  return to_base64(result) == text ? std::optional(std::move(result)) : std::nullopt;
}

}  // namespace runnel::core
