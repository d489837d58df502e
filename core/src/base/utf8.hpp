// UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace runnel::core {

// Offset of the first byte that is not valid UTF-8, or text.size().
size_t first_bad_utf8(std::string_view text);
inline bool is_utf8(std::string_view text) { return first_bad_utf8(text) == text.size(); }

// Writes a code point as 1 to 4 bytes; returns the new end.
char* encode_utf8(char* out, uint32_t code_point);

// Largest prefix of at most `most` bytes that does not cut a character.
size_t utf8_prefix(std::string_view text, size_t most);

}  // namespace runnel::core
