// The words of a Lua source with their places: enough of Lua's lexer to find columns, names and closing braces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace runnel::core {

enum class TokenKind : uint8_t { name, keyword, number, string, symbol, bad, end };

struct Token {
  TokenKind kind = TokenKind::end;
  size_t offset = 0;
  std::string_view text;

  bool is(std::string_view word) const { return text == word && kind != TokenKind::string; }
  size_t end() const { return offset + text.size(); }
};

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view source, size_t offset = 0) : source_(source), at_(offset) {}
  Token next();  // comments and blanks are passed over; an unfinished string is `bad` and reaches to the end

 private:
  void skip_blanks();
  size_t long_bracket_end(size_t at) const;  // of a [[...]] or [==[...]==] that opens at `at`; npos: none opens there
  size_t quoted_end(size_t at) const;
  char peek(size_t at) const { return at < source_.size() ? source_[at] : '\0'; }

  std::string_view source_;
  size_t at_;
};

std::vector<Token> tokens_of(std::string_view source);  // without the end

// What the tokens tell of a source before it runs.
struct SourceFacts {
  bool may_loop = false;   // has a loop, a goto or a function: without them it ends after as many steps as it is long
  bool names_env = false;  // `_ENV` or `_G`
  bool names_data = false;
};
SourceFacts facts_of(const std::vector<Token>&);

// Whether the i-th token is a name that stands for a variable: no field, no method, no key of a table constructor.
bool is_variable(const std::vector<Token>&, size_t i);

}  // namespace runnel::core
