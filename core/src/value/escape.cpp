#include "value/escape.hpp"

#include <cstring>

#include "base/utf8.hpp"

namespace runnel::core {
namespace {

constexpr bool is_high_surrogate(int unit) { return (unit & 0xfc00) == 0xd800; }
constexpr bool is_low_surrogate(int unit) { return (unit & 0xfc00) == 0xdc00; }

char short_escape(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return letter;
  }
}

}  // namespace

int hex4(const char* digits) {
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = digits[i];
    const int lower = c | 0x20;
    if (c >= '0' && c <= '9') {
      value = value << 4 | (c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value << 4 | (lower - 'a' + 10);
    } else {
      return -1;
    }
  }
  return value;
}

char* decode_escapes(char* out, std::string_view raw) {
  const char* at = raw.data();
  const char* const end = at + raw.size();
  while (at < end) {
    const auto left = static_cast<size_t>(end - at);
    const auto* backslash = static_cast<const char*>(std::memchr(at, '\\', left));
    const size_t plain = backslash ? static_cast<size_t>(backslash - at) : left;
    std::memcpy(out, at, plain);
    out += plain;
    if (!backslash) break;
    at = backslash + 2;
    if (backslash[1] != 'u') {
      *out++ = short_escape(backslash[1]);
      continue;
    }
    int code_point = hex4(at);
    at += 4;
    if (is_high_surrogate(code_point)) {
      code_point = 0x10000 + ((code_point - 0xd800) << 10) + (hex4(at + 2) - 0xdc00);
      at += 6;
    }
    out = encode_utf8(out, static_cast<uint32_t>(code_point));
  }
  return out;
}

EscapeError check_escape(std::string_view raw, size_t& at) {
  const std::string_view rest = raw.substr(at);
  if (rest.size() < 2) return EscapeError::syntax;
  if (rest[1] != 'u') {
    at += 2;
    switch (rest[1]) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't':
        return EscapeError::none;
      default:
        at -= 2;
        return EscapeError::syntax;
    }
  }
  const int unit = rest.size() < 6 ? -1 : hex4(rest.data() + 2);
  if (unit < 0) return EscapeError::syntax;
  if (is_low_surrogate(unit)) return EscapeError::surrogate;
  at += 6;
  if (!is_high_surrogate(unit)) return EscapeError::none;
  if (rest.size() < 12 || rest[6] != '\\' || rest[7] != 'u' || !is_low_surrogate(hex4(rest.data() + 8))) {
    at -= 6;
    return EscapeError::surrogate;
  }
  at += 6;
  return EscapeError::none;
}

}  // namespace runnel::core
