#include <algorithm>

#include "base/diagnostic.hpp"
#include "base/utf8.hpp"

namespace runnel::core {
namespace {

void append_escaped(std::string& to, unsigned char byte) {
  constexpr char kHex[] = "0123456789abcdef";
  to += "\\x";
  to += kHex[byte >> 4];
  to += kHex[byte & 15];
}

// Bytes of a character that an escape sequence or a turn of the writing direction begins with; 0: it shows as it is.
size_t control_size(std::string_view text) {
  const auto byte = [&](size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u; };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  if (byte(0) == 0xc2 && byte(1) < 0xa0) return 2;  // C1 controls: terminals obey them, too
  const bool is_override = byte(0) == 0xe2 && byte(1) == 0x80 && byte(2) >= 0xaa && byte(2) <= 0xae;  // U+202A-202E
  const bool is_isolate = byte(0) == 0xe2 && byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;   // U+2066-2069
  return is_override || is_isolate ? 3 : 0;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  size_t bad = first_bad_utf8(text);
  for (size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (at == bad) {
      append_escaped(result, byte);
      bad = at + 1 + first_bad_utf8(text.substr(at + 1));
    } else if (const size_t size = control_size(text.substr(at))) {
      for (size_t i = 0; i < size; ++i) append_escaped(result, static_cast<unsigned char>(text[at + i]));
      at += size - 1;
    } else {
      result += text[at];
    }
  }
  return result;
}

std::string printable_lines(std::string_view text) {
  std::string result;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    result += printable(text.substr(at, end - at));
    if (end < text.size()) result += '\n';
    at = end + 1;
  }
  return result;
}

}  // namespace runnel::core
