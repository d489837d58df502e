// find_problem of reader.hpp: one careful pass, byte by byte, that stops at the first mistake.
#include <cstdio>
#include <unordered_set>
#include <vector>

#include "base/utf8.hpp"
#include "value/escape.hpp"
#include "value/hash.hpp"
#include "value/reader.hpp"

namespace runnel::core {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || c == '_' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

std::string hex_byte(char byte) {
  char text[8];
  std::snprintf(text, sizeof text, "0x%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
  return text;
}

class Checker {
 public:
  Checker(std::string_view text, uint32_t max_depth)
      : text_(text), max_depth_(max_depth), bad_utf8_(first_bad_utf8(text)) {}

  ReadProblem run() {
    while (step()) {
    }
    return problem_;
  }

 private:
  enum class Want { value, value_or_close, key, key_or_close, comma_or_close, end };

  struct Level {
    bool object;
    std::unordered_set<uint64_t> keys;  // seeded hashes: 64 bits tell keys apart
  };

  bool fail(ReadError error, std::string message) {
    problem_ = ReadProblem{error, at_, std::move(message)};
    return false;
  }
  bool fail_syntax(std::string message) {
    if (at_ == text_.size()) return fail(ReadError::syntax, "unexpected end: " + message);
    if (at_ == bad_utf8_) return fail_utf8();
    return fail(ReadError::syntax, std::move(message));
  }
  bool fail_utf8() { return fail(ReadError::utf8, "bad UTF-8 byte " + hex_byte(text_[at_]) + utf16_hint()); }
  // A byte order mark, or half of an ASCII character.
  std::string utf16_hint() const {
    const bool is_mark = text_.starts_with("\xff\xfe") || text_.starts_with("\xfe\xff");
    const bool is_half = text_.starts_with(std::string_view("\0", 1)) || (text_.size() > 1 && text_[1] == 0);
    return is_mark || is_half ? "; it looks like UTF-16, convert it to UTF-8 first" : "";
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool object() const { return !levels_.empty() && levels_.back().object; }
  bool done() {
    want_ = levels_.empty() ? Want::end : Want::comma_or_close;
    return true;
  }

  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  // One token. False at the end, good or bad.
  bool step() {
    skip_space();
    const char c = peek();
    switch (want_) {
      case Want::end:
        return at_ < text_.size() && fail_syntax("expected nothing after the value");
      case Want::value_or_close:
        return c == ']' ? close() : value();
      case Want::value:
        return value();
      case Want::key_or_close:
        return c == '}' ? close() : key();
      case Want::key:
        return key();
      case Want::comma_or_close:
        if (c == (object() ? '}' : ']')) return close();
        if (c != ',') return fail_syntax(object() ? "expected ',' or '}'" : "expected ',' or ']'");
        ++at_;
        want_ = object() ? Want::key : Want::value;
        return true;
    }
    return false;
  }

  bool close() {
    ++at_;
    levels_.pop_back();
    return done();
  }

  bool open(bool is_object) {
    if (levels_.size() == max_depth_) {
      return fail(ReadError::too_deep, "deeper than " + std::to_string(max_depth_) + " levels");
    }
    ++at_;
    levels_.push_back(Level{is_object, {}});
    want_ = is_object ? Want::key_or_close : Want::value_or_close;
    return true;
  }

  bool key() {
    const size_t start = at_;
    if (peek() != '"') return fail_syntax(want_ == Want::key ? "expected a key" : "expected a key or '}'");
    if (!string()) return false;
    std::string decoded(text_.substr(start + 1, at_ - start - 2));
    decoded.resize(static_cast<size_t>(decode_escapes(decoded.data(), std::string(decoded)) - decoded.data()));
    if (!levels_.back().keys.insert(table_hash(decoded)).second) {
      constexpr size_t kShown = 100;
      const std::string shown = decoded.substr(0, utf8_prefix(decoded, kShown));
      at_ = start;
      return fail(ReadError::duplicate_key, "duplicate key \"" + shown + (shown == decoded ? "\"" : "...\""));
    }
    skip_space();
    if (peek() != ':') return fail_syntax("expected ':'");
    ++at_;
    want_ = Want::value;
    return true;
  }

  bool value() {
    const char c = peek();
    if (c == '{' || c == '[') return open(c == '{');
    if (c == '"') return string() && done();
    if (c == '-' || is_digit(c)) return number() && done();
    if (is_word(c)) return word() && done();
    const std::string wanted = want_ == Want::value_or_close ? "expected a value or ']'" : "expected a value";
    return fail_syntax(c == 0 ? wanted + utf16_hint() : wanted);
  }

  bool string() {
    for (++at_; at_ < text_.size();) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (at_ == bad_utf8_) return fail_utf8();
      if (static_cast<unsigned char>(c) < 0x20) return fail_syntax("control byte " + hex_byte(c) + " in a string");
      if (c != '\\') {
        ++at_;
        continue;
      }
      switch (check_escape(text_, at_)) {
        case EscapeError::none:
          break;
        case EscapeError::surrogate:
          return fail(ReadError::surrogate, "lone surrogate " + std::string(text_.substr(at_, 6)));
        case EscapeError::syntax:
          return fail_escape();
      }
    }
    return fail_syntax("a string is not closed");
  }

  bool fail_escape() {
    const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (c == 'u') return fail(ReadError::syntax, "expected four hex digits after \\u");
    if (c > 0x20 && c < 0x7f) return fail(ReadError::syntax, std::string("unknown escape \\") + c);
    return fail(ReadError::syntax, "unknown escape");
  }

  bool digits() {
    if (!is_digit(peek())) return fail_syntax("expected a digit");
    while (is_digit(peek())) ++at_;
    return true;
  }

  bool number() {
    if (peek() == '-') ++at_;
    if (peek() == '0') {
      if (at_ + 1 < text_.size() && is_digit(text_[at_ + 1])) return fail_syntax("leading zero");
      ++at_;
    } else if (!digits()) {
      return false;
    }
    if (peek() == '.') {
      ++at_;
      if (!digits()) return false;
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!digits()) return false;
    }
    return true;
  }

  bool word() {
    size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    const std::string_view found = text_.substr(at_, end - at_);
    if (found != "true" && found != "false" && found != "null") {
      constexpr size_t kShown = 20;
      return fail_syntax("unknown word " + std::string(found.substr(0, kShown)));
    }
    at_ = end;
    return true;
  }

  std::string_view text_;
  uint32_t max_depth_;
  size_t bad_utf8_;
  size_t at_ = 0;
  Want want_ = Want::value;
  std::vector<Level> levels_;
  ReadProblem problem_;
};

}  // namespace

ReadProblem find_problem(std::string_view text, uint32_t max_depth) { return Checker(text, max_depth).run(); }

}  // namespace runnel::core
