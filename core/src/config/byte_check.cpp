#include "config/byte_check.hpp"

#include "base/utf8.hpp"

namespace runnel::core {
namespace {

bool is_forbidden_control(unsigned char c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\r'; }

std::string hex(unsigned char c) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  return {'0', 'x', kDigits[c >> 4], kDigits[c & 15]};
}

// UTF-16 and UTF-32 start with a byte order mark or, in ASCII text, hold a NUL in the first two bytes.
bool is_wide(std::string_view text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return true;
  return text.size() >= 2 && ((text[0] == '\0') != (text[1] == '\0'));
}

}  // namespace

bool check_bytes(const YamlSource& source, Mistakes& mistakes) {
  const std::string_view text = source.text();
  const Place whole{source.name(), 0, 0, 1};
  if (text.size() > kLargestFlow) {
    mistakes.error(whole, "the file has " + std::to_string(text.size()) + " bytes; a flow file has at most 1 MiB");
    return false;
  }
  if (is_wide(text)) {
    mistakes.error(whole, "the file is UTF-16 or UTF-32", "save it as UTF-8");
    return false;
  }
  if (text.starts_with("\xef\xbb\xbf")) {
    mistakes.error(whole, "the file starts with a byte order mark", "save it as UTF-8 without one");
    return false;
  }
  const size_t bad_utf8 = first_bad_utf8(text);
  for (size_t i = 0; i < bad_utf8; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!is_forbidden_control(c)) continue;
    mistakes.error(source.place(i), "control byte " + hex(c) + " is not allowed",
                   "in a double-quoted string write it as \\x" + hex(c).substr(2));
    return false;
  }
  if (bad_utf8 == text.size()) return true;
  mistakes.error(source.place(bad_utf8),
                 "byte " + hex(static_cast<unsigned char>(text[bad_utf8])) + " is not valid UTF-8",
                 "save the file as UTF-8");
  return false;
}

}  // namespace runnel::core
