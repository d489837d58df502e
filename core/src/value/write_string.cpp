// write_string of writer.hpp: quotes and escapes.
#include <algorithm>
#include <cstring>

#include "base/utf8.hpp"
#include "value/writer.hpp"

namespace runnel::core {
namespace {

constexpr size_t kPiece = 4096;     // bytes escaped between two looks at the buffer
constexpr size_t kMostPerByte = 6;  // \u00XX

bool needs_escape(unsigned char byte) { return byte < 0x20 || byte == '"' || byte == '\\'; }

// Offset of the first byte that needs an escape; eight at a time.
size_t plain_prefix(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101u;
  constexpr uint64_t kHighs = 0x8080808080808080u;
  const auto zero_bytes = [](uint64_t word) { return (word - kOnes) & ~word & kHighs; };
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    const uint64_t control = (word - kOnes * 0x20) & ~word & kHighs;
    if (control | zero_bytes(word ^ kOnes * '"') | zero_bytes(word ^ kOnes * '\\')) break;
  }
  while (at < text.size() && !needs_escape(static_cast<unsigned char>(text[at]))) ++at;
  return at;
}

char* put_unit(char* to, uint32_t unit) {
  constexpr char kHex[] = "0123456789abcdef";
  *to++ = '\\';
  *to++ = 'u';
  for (int shift = 12; shift >= 0; shift -= 4) *to++ = kHex[(unit >> shift) & 15];
  return to;
}

char* put_escape(char* to, unsigned char byte) {
  const auto short_form = [&](char letter) {
    *to++ = '\\';
    *to++ = letter;
    return to;
  };
  switch (byte) {
    case '"':
    case '\\':
      return short_form(static_cast<char>(byte));
    case '\b':
      return short_form('b');
    case '\f':
      return short_form('f');
    case '\n':
      return short_form('n');
    case '\r':
      return short_form('r');
    case '\t':
      return short_form('t');
    default:
      return put_unit(to, byte);
  }
}

char* put_escaped(char* to, std::string_view text) {
  while (!text.empty()) {
    const size_t plain = plain_prefix(text);
    to = put(to, text.substr(0, plain));
    if (plain == text.size()) break;
    to = put_escape(to, static_cast<unsigned char>(text[plain]));
    text.remove_prefix(plain + 1);
  }
  return to;
}

// One character above 0x7f as \uXXXX, or two of them; moves `at` behind it. Valid UTF-8.
char* put_character(char* to, std::string_view text, size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  uint32_t code_point = lead & (0x3fu >> more);
  for (int i = 0; i < more && at < text.size(); ++i) {
    code_point = code_point << 6 | (static_cast<unsigned char>(text[at++]) & 0x3fu);
  }
  if (code_point < 0x10000) return put_unit(to, code_point);
  code_point -= 0x10000;
  return put_unit(put_unit(to, 0xd800 | code_point >> 10), 0xdc00 | (code_point & 0x3ff));
}

// `escaped`: the text has JSON escapes already, which stay as they are.
char* put_ascii(char* to, std::string_view text, bool escaped) {
  for (size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x80) {
      to = put_character(to, text, at);
    } else {
      ++at;
      if (!escaped && needs_escape(byte)) {
        to = put_escape(to, byte);
      } else {
        *to++ = static_cast<char>(byte);
      }
    }
  }
  return to;
}

}  // namespace

char* write_string(OutBuffer& out, char* cursor, std::string_view text, uint8_t flags, const WriteOptions& options) {
  const bool as_it_stands = options.ascii ? flags & RUNNEL_CLEAN : flags & (RUNNEL_CLEAN | RUNNEL_ESCAPED | kPlainText);
  if (as_it_stands || (!options.ascii && plain_prefix(text) == text.size())) {
    cursor = out.ensure(cursor, text.size() + 2);
    *cursor++ = '"';
    cursor = put(cursor, text);
    *cursor++ = '"';
    return cursor;
  }
  cursor = out.ensure(cursor, 1);
  *cursor++ = '"';
  while (!text.empty()) {
    const size_t cut = utf8_prefix(text, kPiece);
    const std::string_view piece = text.substr(0, cut > 0 ? cut : std::min(kPiece, text.size()));
    cursor = out.ensure(cursor, kMostPerByte * piece.size());
    cursor = options.ascii ? put_ascii(cursor, piece, flags & RUNNEL_ESCAPED) : put_escaped(cursor, piece);
    text.remove_prefix(piece.size());
  }
  cursor = out.ensure(cursor, 1);
  *cursor++ = '"';
  return cursor;
}

}  // namespace runnel::core
