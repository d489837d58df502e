// JSON string escapes. Shared by what reads, compares and writes strings.
#pragma once

#include <string_view>

namespace runnel::core {

// Decodes the text between the quotes of a valid JSON string. `out` needs raw.size() bytes; returns its end.
char* decode_escapes(char* out, std::string_view raw);

// The value of four hex digits, or -1.
int hex4(const char* digits);

enum class EscapeError { none, syntax, surrogate };

// Checks the escape at raw[at] (a backslash) and moves `at` behind it; a surrogate pair is one escape.
EscapeError check_escape(std::string_view raw, size_t& at);

}  // namespace runnel::core
