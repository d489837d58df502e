#include "config/python_text.hpp"

#include <algorithm>
#include <vector>

#include "config/environment.hpp"

namespace runnel::core {
namespace {

struct Token {
  std::string_view text;
  size_t offset;
  bool is_word = false;
  bool is_string = false;
};

bool is_word_byte(char c) { return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

size_t token_length(std::string_view rest) {
  if (is_word_byte(rest[0])) {
    size_t end = 0;
    while (end < rest.size() && is_word_byte(rest[end])) ++end;
    return end;
  }
  if (rest[0] == '"' || rest[0] == '\'') {
    size_t end = 1;
    for (; end < rest.size() && rest[end] != rest[0]; ++end) {
      if (rest[end] == '\\') ++end;
    }
    return std::min(end + 1, rest.size());
  }
  for (const std::string_view two : {"!=", "==", "~=", "<=", ">=", "&&", "||", "..", "//"}) {
    if (rest.starts_with(two)) return 2;
  }
  return 1;
}

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
      ++i;
      continue;
    }
    const size_t length = token_length(text.substr(i));
    tokens.push_back({text.substr(i, length), i, is_word_byte(text[i]), text[i] == '"' || text[i] == '\''});
    i += length;
  }
  return tokens;
}

// Reads the tokens left to right, writing Lua.
class Rewriter {
 public:
  explicit Rewriter(std::string_view text) : text_(text), tokens_(tokens_of(text)) {
    // `in` and function bodies are Lua only in statements; leave text with those alone.
    for (const Token& token : tokens_) is_function_ |= token.text == "function";
  }

  std::optional<PythonText> run() {
    while (at_ < tokens_.size()) step();
    if (!found_) return std::nullopt;
    lua_.erase(0, lua_.find_first_not_of(" \t\r\n"));
    return PythonText{found_->offset, found_->text.size(), has_lua_ ? lua_ : std::string()};
  }

 private:
  std::string_view peek(size_t ahead) const {
    return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead].text : std::string_view();
  }
  bool is_member() const {
    if (at_ == 3 && !parameter_.empty()) return false;  // behind `lambda x:`
    return at_ > 0 && (tokens_[at_ - 1].text == "." || tokens_[at_ - 1].text == ":");
  }

  // Writes `text` for the next `count` tokens, with the blanks that stand before the first.
  void put(std::string_view text, size_t count) {
    const size_t before = at_ == 0 ? 0 : tokens_[at_ - 1].offset + tokens_[at_ - 1].text.size();
    lua_.append(text_.substr(before, tokens_[at_].offset - before)).append(text);
    at_ += count;
  }
  void replace(std::string_view lua, size_t count) {
    if (!found_) found_ = tokens_[at_];
    put(lua, count);
  }
  void refuse(size_t count) {
    has_lua_ = false;
    replace("", count);
  }

  void step() {
    const std::string_view text = peek(0);
    if (text == "!=") return replace("~=", 1);
    if (text == "&&") return replace("and", 1);
    if (text == "||") return replace("or", 1);
    if (text == "." && peek(1) == "get" && peek(2) == "(") return get_call();
    if (is_member() || !tokens_[at_].is_word) return put(text, 1);
    if (text == "lambda") return lambda();
    if (!parameter_.empty() && text == parameter_) return put("data", 1);
    if (text == "True") return replace("true", 1);
    if (text == "False") return replace("false", 1);
    if (text == "None") return replace("nil", 1);
    if (text == "is") return peek(1) == "not" ? replace("~=", 2) : replace("==", 1);
    if (!is_function_ && text == "not" && peek(1) == "in") return refuse(2);
    if (!is_function_ && text == "in") return refuse(1);
    if (text == "isinstance" && peek(1) == "(") return refuse(1);
    if (text == "len" && peek(1) == "(") return len_call();
    put(text, 1);
  }

  // `lambda x: x.n > 3` is data.n > 3.
  void lambda() {
    const bool is_simple = at_ == 0 && peek(2) == ":" && tokens_[1].is_word;
    if (!is_simple) return refuse(1);
    found_ = tokens_[0];
    parameter_ = tokens_[1].text;
    at_ = 3;
  }

  // len(a.b) is #a.b; anything but names and dots in the brackets keeps them.
  void len_call() {
    size_t end = 2;
    while (end + at_ < tokens_.size() && (tokens_[at_ + end].is_word || peek(end) == ".")) ++end;
    if (peek(end) != ")" || end == 2) return replace("#", 1);
    const Token& first = tokens_[at_ + 2];
    const Token& close = tokens_[at_ + end];
    std::string path(text_.substr(first.offset, close.offset - first.offset));
    if (!parameter_.empty() && first.text == parameter_) path.replace(0, parameter_.size(), "data");
    replace("#" + path, end + 1);
  }

  // data.get("a") is data.a; data.get("a", b) is (data.a or b). worker.get is ours.
  void get_call() {
    const std::string_view owner = at_ > 0 ? tokens_[at_ - 1].text : std::string_view();
    if (owner == "worker" || owner == "shared") return put(".", 1);
    if (owner == "config" || owner == "stats") return refuse(1);  // nothing in Lua stands for them
    if (at_ + 3 >= tokens_.size() || !tokens_[at_ + 3].is_string) return refuse(1);
    std::string_view key = peek(3);
    key = key.substr(1, key.size() - 2);
    const std::string member = is_variable_name(key) ? "." + std::string(key) : "[" + std::string(peek(3)) + "]";
    if (peek(4) == ")") return replace(member, 5);
    if (peek(4) == "," && peek(6) == ")") {
      replace(member + " or " + std::string(peek(5)), 7);
      wrap_last_path();
      return;
    }
    refuse(1);
  }

  // Puts the path that ends the text so far in brackets: `x > data.a or 1` would bind otherwise.
  void wrap_last_path() {
    const size_t operation = lua_.rfind(" or ");
    size_t start = operation;
    while (start > 0 && (is_word_byte(lua_[start - 1]) ||
                         std::string_view(".[]\"'").find(lua_[start - 1]) != std::string_view::npos)) {
      --start;
    }
    lua_.insert(start, "(");
    lua_ += ")";
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  std::string lua_;
  std::optional<Token> found_;
  std::string_view parameter_;  // of the lambda
  bool has_lua_ = true;
  bool is_function_ = false;
};

}  // namespace

std::optional<PythonText> find_python(std::string_view condition) { return Rewriter(condition).run(); }

}  // namespace runnel::core
