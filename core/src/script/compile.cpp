#include "script/compile.hpp"

#include <array>

#include "script/places.hpp"
#include "script/tokens.hpp"

namespace runnel::core {
namespace {

Diagnostic mistake(Place place, std::string message, std::string hint = {}) {
  return Diagnostic{Severity::error, std::move(place), std::move(message), std::move(hint), {}};
}

// A record has the fields of a `job`.
constexpr const char* kRecordNames = "local record, job, data = data, data, data.data ";

// Pushes a function or a message.
bool load(lua_State* L, ExpressionKind kind, const ExpressionSource& source, std::string_view text) {
  std::string chunk(source.line > 0 ? source.line - 1 : 0, '\n');
  if (kind == ExpressionKind::lua_record) chunk += kRecordNames;
  if (kind != ExpressionKind::lua_script) chunk += "return ";
  chunk += text;
  const std::string name = "@" + source.file;
  return luaL_loadbufferx(L, chunk.data(), chunk.size(), name.c_str(), "t") == LUA_OK;
}

std::string pop_message(lua_State* L) {
  size_t size = 0;
  const char* text = lua_tolstring(L, -1, &size);
  std::string message = text ? std::string(text, size) : "the chunk cannot be read";
  lua_pop(L, 1);
  return message;
}

// What Lua stumbled over: the text between the last ` near '` and the quote at the end.
std::string_view near_token(std::string_view message) {
  constexpr std::string_view kNear = " near '";
  const size_t at = message.rfind(kNear);
  if (at == std::string_view::npos || message.back() != '\'') return {};
  return message.substr(at + kNear.size(), message.size() - at - kNear.size() - 1);
}

// Of a source that ends too early: the last token of the line.
Place place_of_end(const ExpressionSource& source, uint32_t line) {
  const Span span = line_span(source, line);
  Token last;
  for (const Token& token : tokens_of(source.text)) {
    if (token.offset < span.end) last = token;
  }
  if (!source.exact_lines || last.kind == TokenKind::end) return place_of_line(source, line);
  return place_of_offset(source, last.offset, last.text.size());
}

// Lua names the line and the token. Where the token stands on that line more than once, it is the first at which the
// text cut off behind it gives the same message.
Place place_of_mistake(lua_State* L, ExpressionKind kind, const ExpressionSource& source, uint32_t line,
                       const std::string& message) {
  if (message.ends_with("near <eof>")) return place_of_end(source, line);
  const std::string_view named = near_token(message);
  if (source.exact_lines && !named.empty()) {
    const Span span = line_span(source, line);
    for (const Token& token : tokens_of(source.text)) {
      if (token.offset < span.begin || token.offset >= span.end || token.text != named) continue;
      const bool loaded = load(L, kind, source, std::string_view(source.text).substr(0, token.end()));
      if (loaded) {
        lua_pop(L, 1);
      } else if (pop_message(L) == message) {
        return place_of_offset(source, token.offset, token.text.size());
      }
    }
  }
  return place_of_line(source, line, named);
}

bool begins_statement(std::string_view word) {
  constexpr std::array<std::string_view, 9> kWords{"if",     "for", "while", "repeat", "local",
                                                   "return", "do",  "goto",  "break"};
  for (std::string_view known : kWords) {
    if (word == known) return true;
  }
  return false;
}

// Lua's message in the words of someone who wrote an expression.
Diagnostic reworded(Place place, std::string_view message) {
  const std::string named(near_token(message));
  if (message.starts_with("<eof> expected")) {
    if (named == "=")
      return mistake(std::move(place), "an assignment where an expression is needed", "compare with ==");
    return mistake(std::move(place), "unexpected '" + printable(named) + "' after the expression");
  }
  if (message == "unexpected symbol near <eof>") return mistake(std::move(place), "the expression is not complete");
  if (message.starts_with("unexpected symbol") && begins_statement(named)) {
    return mistake(std::move(place), "'" + named + "' begins a statement, where an expression is needed",
                   named == "return" ? "leave 'return' away" : "statements stand in `lua:` of a script");
  }
  return mistake(std::move(place), printable(message));
}

// `return a, b` and `return a;` compile, but are no single expression. Blocks and brackets nest.
std::optional<Token> token_after_expression(std::string_view text) {
  int depth = 0;
  for (const Token& token : tokens_of(text)) {
    if (token.kind != TokenKind::symbol && token.kind != TokenKind::keyword) continue;
    const bool opens = token.is("(") || token.is("[") || token.is("{") || token.is("function") || token.is("if") ||
                       token.is("do") || token.is("repeat");
    const bool closes = token.is(")") || token.is("]") || token.is("}") || token.is("end") || token.is("until");
    depth += opens ? 1 : closes ? -1 : 0;
    if (depth == 0 && (token.is(",") || token.is(";"))) return token;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Diagnostic> compile(lua_State* L, ExpressionKind kind, const ExpressionSource& source) {
  const bool is_script = kind == ExpressionKind::lua_script;
  if (!is_script && Tokenizer(source.text).next().kind == TokenKind::end) {
    return mistake(place_of_offset(source, 0), "an empty expression");
  }
  if (!load(L, kind, source, source.text)) {
    const std::string full = pop_message(L);
    std::string_view message = full;
    uint32_t line = take_prefix(source, message);
    if (line == 0) line = source.line;
    Place place = place_of_mistake(L, kind, source, line, full);
    return is_script ? mistake(std::move(place), printable(message)) : reworded(std::move(place), message);
  }
  if (is_script) return std::nullopt;
  if (const auto token = token_after_expression(source.text)) {
    lua_pop(L, 1);
    return mistake(place_of_offset(source, token->offset),
                   "one expression is needed, not more: unexpected '" + std::string(token->text) + "'");
  }
  return std::nullopt;
}

}  // namespace runnel::core
