// From Lua's line numbers to places in the flow file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/diagnostic.hpp"
#include "routine/expression.hpp"

namespace runnel::core {

// Of the byte at `offset` of the source's text, `length` bytes under the caret.
Place place_of_offset(const ExpressionSource&, size_t offset, size_t length = 1);
// Of a line of the flow file as Lua reports it: the token `named` if it stands there once, else the first token of the
// line.
Place place_of_line(const ExpressionSource&, uint32_t line, std::string_view named = {});
// The part of the text from `begin` to `end` as a source of its own.
ExpressionSource part_of(const ExpressionSource&, size_t begin, size_t end);
// Offsets of the text's line that is line `line` of the flow file; begin == end when there is none.
struct Span {
  size_t begin;
  size_t end;
};
Span line_span(const ExpressionSource&, uint32_t line);

// What Lua puts before its messages is `<chunk_id>:<line>: `. Takes it off and returns the line, 0 if there is none.
uint32_t take_prefix(const ExpressionSource&, std::string_view& message);
// The first 'word' in quotes: Lua's messages name tokens so.
std::string_view named_in(std::string_view message);

}  // namespace runnel::core
