#include "script/tokens.hpp"

#include <algorithm>
#include <array>

namespace runnel::core {
namespace {

constexpr size_t kNone = std::string_view::npos;

constexpr std::array<std::string_view, 22> kKeywords{
    "and", "break", "do",  "else", "elseif", "end",    "false",  "for",  "function", "goto",  "if",
    "in",  "local", "nil", "not",  "or",     "repeat", "return", "then", "true",     "until", "while"};
constexpr std::array<std::string_view, 10> kLongSymbols{"...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>"};

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) { return starts_name(c) || is_digit(c); }

}  // namespace

size_t Tokenizer::long_bracket_end(size_t at) const {
  size_t open = at + 1;
  while (peek(open) == '=') ++open;
  if (peek(at) != '[' || peek(open) != '[') return kNone;
  const size_t level = open - at - 1;
  for (size_t close = source_.find(']', open + 1); close != kNone; close = source_.find(']', close + 1)) {
    size_t i = close + 1;
    while (peek(i) == '=') ++i;
    if (i - close - 1 == level && peek(i) == ']') return i + 1;
  }
  return source_.size() + 1;  // unfinished
}

size_t Tokenizer::quoted_end(size_t at) const {
  for (size_t i = at + 1; i < source_.size(); ++i) {
    if (source_[i] == '\\') {
      ++i;
      if (peek(i) == 'z') {
        while (is_blank(peek(i + 1))) ++i;
      }
    } else if (source_[i] == source_[at]) {
      return i + 1;
    } else if (source_[i] == '\n') {
      break;
    }
  }
  return source_.size() + 1;
}

void Tokenizer::skip_blanks() {
  for (;;) {
    while (at_ < source_.size() && is_blank(source_[at_])) ++at_;
    if (peek(at_) != '-' || peek(at_ + 1) != '-') return;
    if (const size_t end = long_bracket_end(at_ + 2); end != kNone) {
      at_ = std::min(end, source_.size());
    } else {
      at_ = std::min(source_.find('\n', at_), source_.size());
    }
  }
}

Token Tokenizer::next() {
  skip_blanks();
  const size_t start = at_;
  if (start >= source_.size()) return {TokenKind::end, source_.size(), {}};
  const char c = source_[start];
  TokenKind kind = TokenKind::symbol;
  size_t end = start + 1;
  if (starts_name(c)) {
    while (is_name_part(peek(end))) ++end;
    const std::string_view word = source_.substr(start, end - start);
    kind =
        std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end() ? TokenKind::keyword : TokenKind::name;
  } else if (is_digit(c) || (c == '.' && is_digit(peek(end)))) {
    kind = TokenKind::number;
    const bool hex = c == '0' && (peek(end) | 0x20) == 'x';
    while (is_name_part(peek(end)) || peek(end) == '.' ||
           ((peek(end) == '+' || peek(end) == '-') && (source_[end - 1] | 0x20) == (hex ? 'p' : 'e'))) {
      ++end;
    }
  } else if (c == '"' || c == '\'') {
    kind = TokenKind::string;
    end = quoted_end(start);
  } else if (const size_t close = long_bracket_end(start); close != kNone) {
    kind = TokenKind::string;
    end = close;
  } else {
    for (std::string_view symbol : kLongSymbols) {
      if (source_.substr(start, symbol.size()) == symbol) {
        end = start + symbol.size();
        break;
      }
    }
  }
  if (end > source_.size()) {
    kind = TokenKind::bad;
    end = source_.size();
  }
  at_ = end;
  return {kind, start, source_.substr(start, end - start)};
}

std::vector<Token> tokens_of(std::string_view source) {
  std::vector<Token> tokens;
  Tokenizer tokenizer(source);
  for (Token token = tokenizer.next(); token.kind != TokenKind::end; token = tokenizer.next()) tokens.push_back(token);
  return tokens;
}

SourceFacts facts_of(const std::vector<Token>& tokens) {
  SourceFacts facts;
  for (const Token& token : tokens) {
    if (token.kind == TokenKind::keyword) {
      facts.may_loop |=
          token.is("for") || token.is("while") || token.is("repeat") || token.is("goto") || token.is("function");
    } else if (token.kind == TokenKind::name) {
      facts.names_env |= token.is("_ENV") || token.is("_G");
      facts.names_data |= token.is("data");
    }
  }
  facts.names_data |= facts.names_env;
  return facts;
}

bool is_variable(const std::vector<Token>& tokens, size_t i) {
  if (tokens[i].kind != TokenKind::name) return false;
  const Token* before = i > 0 ? &tokens[i - 1] : nullptr;
  const Token* after = i + 1 < tokens.size() ? &tokens[i + 1] : nullptr;
  if (before && (before->is(".") || before->is(":") || before->is("::") || before->is("goto"))) return false;
  const bool may_be_key = before && (before->is("{") || before->is(",") || before->is(";"));
  return !(may_be_key && after && after->is("="));
}

}  // namespace runnel::core
