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
    } else if (byte < 0x20 || byte == 0x7f) {
      append_escaped(result, byte);
    } else if (byte == 0xc2 &&
               static_cast<unsigned char>(text[at + 1]) < 0xa0) {  // C1 controls: terminals obey them too
      append_escaped(result, byte);
      append_escaped(result, static_cast<unsigned char>(text[++at]));
    } else {
      result += text[at];
    }
  }
  return result;
}

}  // namespace runnel::core
