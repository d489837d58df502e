#include "config/yaml_token.hpp"

#include <algorithm>
#include <optional>

namespace runnel::core {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Behind the quote that closes the string opened at `open`, or the end of the text.
size_t end_of_quoted(std::string_view text, size_t open) {
  const char quote = text[open];
  for (size_t i = open + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 >= text.size() || text[i + 1] != '\'') return i + 1;
      ++i;
    }
  }
  return text.size();
}

size_t line_length(const YamlSource& source, size_t offset) {
  std::string_view line = source.rest_of_line(offset);
  if (const size_t comment = line.find(" #"); comment != std::string_view::npos) line = line.substr(0, comment);
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  return line.size();
}

// Bytes of the source, and of the value, that one character of a double-quoted string takes.
struct Escape {
  size_t source;
  size_t value;
};

size_t utf8_size(uint32_t code_point) {
  return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
}

uint32_t hex_at(std::string_view text, size_t at, size_t digits) {
  uint32_t result = 0;
  for (const char c : text.substr(std::min(at, text.size()), digits)) {
    result = result * 16 + static_cast<uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return result;
}

Escape escape_at(std::string_view text, size_t at) {
  const char kind = at + 1 < text.size() ? text[at + 1] : '\\';
  const size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
  if (digits > 0) {
    const uint32_t code_point = hex_at(text, at + 2, digits);
    if (code_point >= 0xd800 && code_point < 0xdc00) return {12, 4};  // JSON: two escapes, one character
    return {2 + digits, utf8_size(code_point)};
  }
  if (kind == 'N' || kind == '_') return {2, 2};
  if (kind == 'L' || kind == 'P') return {2, 3};
  return {2, 1};
}

std::optional<size_t> offset_in_quoted(const YamlNode& node, size_t at) {
  const std::string_view text = node.source->text();
  const bool is_double = node.style == ScalarStyle::double_quoted;
  size_t i = node.offset + 1;
  for (size_t value = 0; value < at && i < text.size();) {
    if (text[i] == '\n' || text[i] == '\r') return std::nullopt;  // folded: lines no longer match
    Escape step{1, 1};
    if (is_double && text[i] == '\\') step = escape_at(text, i);
    if (!is_double && text[i] == '\'') step = {2, 1};
    i += step.source;
    value += step.value;
  }
  return i;
}

// Where the lines of a block scalar start, and how far they are indented.
struct Block {
  size_t start;
  size_t indent;
};

Block block_of(const YamlNode& node) {
  const std::string_view text = node.source->text();
  const size_t header_end = text.find('\n', node.offset);
  Block block{header_end == std::string_view::npos ? text.size() : header_end + 1, 0};
  const std::string_view value = node.text;
  size_t at = block.start;
  for (size_t from = 0; from < value.size() && at < text.size();) {
    const std::string_view value_line = value.substr(from, value.find('\n', from) - from);
    const std::string_view line = node.source->rest_of_line(at);
    if (value_line.find_first_not_of(" \t\r") != std::string_view::npos) {
      // A folded line is the start of its value line, a literal one all of it.
      const size_t spaces = line.find_first_not_of(' ');
      const size_t own = value_line.find_first_not_of(' ');
      if (spaces != std::string_view::npos && spaces >= own) block.indent = spaces - own;
      break;
    }
    from += value_line.size() + 1;
    const size_t next = text.find('\n', at);
    at = next == std::string_view::npos ? text.size() : next + 1;
  }
  return block;
}

std::optional<size_t> offset_in_literal(const YamlNode& node, size_t at) {
  const std::string_view text = node.source->text();
  const Block block = block_of(node);
  size_t line = block.start;
  const std::string_view before = std::string_view(node.text).substr(0, at);
  for (size_t count = static_cast<size_t>(std::count(before.begin(), before.end(), '\n')); count > 0; --count) {
    const size_t next = text.find('\n', line);
    if (next == std::string_view::npos) return std::nullopt;
    line = next + 1;
  }
  const size_t last = before.rfind('\n');
  const size_t in_line = last == std::string_view::npos ? at : at - last - 1;
  return std::min(line + block.indent, text.size()) + in_line;
}

std::optional<size_t> offset_inside(const YamlNode& node, size_t at) {
  switch (node.style) {
    case ScalarStyle::plain:
      if (node.source->text().substr(node.offset, node.text.size()) != node.text) return std::nullopt;
      return node.offset + at;
    case ScalarStyle::single_quoted:
    case ScalarStyle::double_quoted:
      return offset_in_quoted(node, at);
    case ScalarStyle::literal:
      return offset_in_literal(node, at);
    case ScalarStyle::folded:
      if (at == 0) return block_of(node).start + block_of(node).indent;
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

size_t skip_properties(std::string_view text, size_t offset) {
  size_t i = offset;
  while (i < text.size() && (text[i] == '&' || text[i] == '!')) {
    while (i < text.size() && !is_blank(text[i])) ++i;
    while (i < text.size() && is_blank(text[i])) ++i;
    while (i < text.size() && text[i] == '#') {
      while (i < text.size() && text[i] != '\n') ++i;
      while (i < text.size() && is_blank(text[i])) ++i;
    }
  }
  return i < text.size() ? i : offset;
}

void locate_scalar(YamlNode& node, const YamlSource& source, size_t offset) {
  const std::string_view text = source.text();
  node.source = &source;
  node.offset = skip_properties(text, offset);
  const char first = node.offset < text.size() ? text[node.offset] : '\0';
  if (first == '\'' || first == '"') {
    node.style = first == '"' ? ScalarStyle::double_quoted : ScalarStyle::single_quoted;
    const size_t end = end_of_quoted(text, node.offset);
    node.length = std::min(end - node.offset, source.rest_of_line(node.offset).size());
  } else if (first == '|' || first == '>') {
    node.style = first == '|' ? ScalarStyle::literal : ScalarStyle::folded;
    node.length = line_length(source, node.offset);
  } else {
    node.style = ScalarStyle::plain;
    if (node.text.empty()) {
      node.offset = std::min(offset, text.size());  // only properties: `!!str` and nothing
      node.length = 1;
    } else if (text.substr(node.offset, node.text.size()) == node.text) {
      node.length = node.text.size();
    } else {
      node.length = line_length(source, node.offset);
    }
  }
}

Place place_inside(const YamlNode& scalar, size_t at, size_t length) {
  const auto offset = offset_inside(scalar, std::min(at, scalar.text.size()));
  return offset ? scalar.source->place(*offset, length) : scalar.place();
}

ExpressionSource expression_source(const YamlNode& scalar, size_t from) {
  const Place place = place_inside(scalar, from);
  ExpressionSource result;
  result.text = scalar.text.substr(from);
  result.file = scalar.source->name();
  result.line = place.line;
  result.column = place.column;
  result.exact_lines = scalar.style == ScalarStyle::literal ||
                       (scalar.style == ScalarStyle::plain && offset_inside(scalar, 0).has_value());
  if (scalar.style == ScalarStyle::literal) result.indent = static_cast<uint32_t>(block_of(scalar).indent);
  return result;
}

}  // namespace runnel::core
