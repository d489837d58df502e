#include "script/places.hpp"

#include <algorithm>
#include <charconv>

#include "script/lua_api.hpp"
#include "script/tokens.hpp"

namespace runnel::core {
namespace {

// As luaO_chunkid shortens the name of a file.
std::string chunk_id(const std::string& file) {
  constexpr size_t kMost = LUA_IDSIZE - 1;
  return file.size() <= kMost ? file : "..." + file.substr(file.size() - (kMost - 3));
}

}  // namespace

Place place_of_offset(const ExpressionSource& source, size_t offset, size_t length) {
  Place place{source.file, source.line, source.column, 1};
  if (!source.exact_lines) return place;
  const std::string_view before = std::string_view(source.text).substr(0, offset);
  const size_t break_at = before.rfind('\n');
  if (break_at == std::string_view::npos) {
    place.column = source.column + static_cast<uint32_t>(before.size());
  } else {
    place.line = source.line + static_cast<uint32_t>(std::count(before.begin(), before.end(), '\n'));
    place.column = source.indent + static_cast<uint32_t>(before.size() - break_at);
  }
  place.length = static_cast<uint32_t>(std::max<size_t>(length, 1));
  return place;
}

Span line_span(const ExpressionSource& source, uint32_t line) {
  const std::string_view text = source.text;
  size_t begin = 0;
  for (uint32_t at = source.line; at < line; ++at) {
    const size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) return {text.size(), text.size()};
    begin = end + 1;
  }
  return {begin, std::min(text.find('\n', begin), text.size())};
}

Place place_of_line(const ExpressionSource& source, uint32_t line, std::string_view named) {
  Place place{source.file, source.line, source.column, 1};
  if (!source.exact_lines || line < source.line) return place;
  const Span span = line_span(source, line);
  Token first;
  Token found;
  int times = 0;
  Tokenizer tokenizer(source.text);
  for (Token token = tokenizer.next(); token.kind != TokenKind::end; token = tokenizer.next()) {
    if (token.offset < span.begin || token.offset >= span.end) continue;
    if (first.kind == TokenKind::end) first = token;
    if (!named.empty() && token.text == named) {
      found = token;
      ++times;
    }
  }
  const Token& chosen = times == 1 ? found : first;
  if (chosen.kind != TokenKind::end) {
    const size_t length = std::min(chosen.text.size(), span.end - chosen.offset);
    return place_of_offset(source, chosen.offset, length);
  }
  size_t blank = source.text.find_first_not_of(" \t\r", span.begin);
  if (blank >= span.end) blank = span.begin;
  return place_of_offset(source, blank);
}

ExpressionSource part_of(const ExpressionSource& source, size_t begin, size_t end) {
  ExpressionSource part = source;
  const Place place = place_of_offset(source, begin);
  part.line = place.line;
  part.column = place.column;
  part.text = source.text.substr(begin, end - begin);
  return part;
}

uint32_t take_prefix(const ExpressionSource& source, std::string_view& message) {
  const std::string prefix = chunk_id(source.file) + ":";
  if (!message.starts_with(prefix)) return 0;
  uint32_t line = 0;
  const char* const end = message.data() + message.size();
  const auto [stop, error] = std::from_chars(message.data() + prefix.size(), end, line);
  const auto used = static_cast<size_t>(stop - message.data());
  if (error != std::errc{} || !message.substr(used).starts_with(": ")) return 0;
  message.remove_prefix(used + 2);
  return line;
}

std::string_view named_in(std::string_view message) {
  const size_t open = message.find('\'');
  if (open == std::string_view::npos) return {};
  const size_t close = message.find('\'', open + 1);
  if (close == std::string_view::npos) return {};
  return message.substr(open + 1, close - open - 1);
}

}  // namespace runnel::core
