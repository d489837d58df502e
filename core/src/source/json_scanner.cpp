#include "source/json_scanner.hpp"

#include <algorithm>

namespace runnel::core {
namespace {

constexpr size_t kMostLevels = size_t{1} << 20;  // the reader takes 256; this only bounds memory

bool is_word(char c) {
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '.' || c == '-' ||
         c == '+';
}

}  // namespace

void JsonScanner::drop(size_t size) {
  at_ -= size;
  begin_ = begin_ > size ? begin_ - size : 0;
  line_start_ -= static_cast<ptrdiff_t>(size);
}

Scanned JsonScanner::scan(std::string_view text, bool last) {
  while (at_ < text.size() && !finished_ && mistake_.empty()) step(text);
  if (last && !finished_ && mistake_.empty()) end();
  if (finished_) return take_record();
  if (!mistake_.empty()) return take_broken(text);
  Scanned result;
  result.from = begun_ ? begin_ : at_;
  result.line = begun_ ? record_line_ : line_;
  result.column = begun_ ? record_column_ : 1;
  return result;
}

void JsonScanner::step(std::string_view text) {
  if (in_ == In::word) return read_word(text);
  if (in_ != In::nothing) return read_string(text);
  const char c = text[at_];
  if (c == '\n') {
    ++line_;
    line_start_ = static_cast<ptrdiff_t>(at_) + 1;
  }
  if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
    ++at_;
  } else {
    token(c);
  }
}

void JsonScanner::token(char c) {
  switch (want_) {
    case Want::top:
      if (c != '[') return value(c);
      in_array_ = true;
      want_ = Want::element_or_end;
      break;
    case Want::element_or_end:
    case Want::comma_or_end:
      if (c == ']') {
        in_array_ = false;
        want_ = Want::top;
      } else if (want_ == Want::element_or_end) {
        return value(c);
      } else if (c == ',') {
        want_ = Want::element;
      } else {
        return fail(wanted());
      }
      break;
    case Want::element:
    case Want::value:
      return value(c);
    case Want::value_or_close:
      return c == ']' ? close() : value(c);
    case Want::key_or_close:
    case Want::key:
      if (c == '}' && want_ == Want::key_or_close) return close();
      if (c != '"') return fail(wanted());
      in_ = In::string;
      is_key_ = true;
      break;
    case Want::colon:
      if (c != ':') return fail(wanted());
      want_ = Want::value;
      break;
    case Want::comma_or_close:
      if (c == (levels_.back() ? '}' : ']')) return close();
      if (c != ',') return fail(wanted());
      want_ = levels_.back() ? Want::key : Want::value;
      break;
  }
  ++at_;
}

void JsonScanner::value(char c) {
  if (!begun_) begin_record();
  if (c == '{' || c == '[') {
    if (levels_.size() == kMostLevels) return fail("more levels than anyone can mean");
    levels_.push_back(c == '{');
    want_ = c == '{' ? Want::key_or_close : Want::value_or_close;
  } else if (c == '"') {
    in_ = In::string;
    is_key_ = false;
  } else if (is_word(c)) {
    in_ = In::word;
  } else {
    return fail(wanted());
  }
  ++at_;
}

void JsonScanner::read_string(std::string_view text) {
  for (; at_ < text.size(); ++at_) {
    const char c = text[at_];
    if (c == '\n' || c == '\r') return fail("a string is not closed on its line");
    if (in_ == In::escape) {
      in_ = In::string;
    } else if (c == '\\') {
      in_ = In::escape;
    } else if (c == '"') {
      ++at_;
      in_ = In::nothing;
      if (!is_key_) return done();
      want_ = Want::colon;
      return;
    }
  }
}

void JsonScanner::read_word(std::string_view text) {
  while (at_ < text.size() && is_word(text[at_])) ++at_;
  if (at_ == text.size()) return;  // more of it may come
  in_ = In::nothing;
  done();
}

void JsonScanner::close() {
  ++at_;
  levels_.pop_back();
  done();
}

void JsonScanner::done() {
  finished_ = levels_.empty();
  want_ = !finished_ ? Want::comma_or_close : in_array_ ? Want::comma_or_end : Want::top;
}

void JsonScanner::end() {
  if (in_ == In::word) {
    in_ = In::nothing;
    done();
  }
  if (finished_ || (want_ == Want::top && !begun_)) return;
  fail(in_ == In::nothing ? std::string("unexpected end: ") + wanted() : "unexpected end: a string is not closed");
}

void JsonScanner::begin_record() {
  begun_ = true;
  begin_ = at_;
  record_line_ = line_;
  record_column_ =
      static_cast<uint32_t>(std::min<ptrdiff_t>(static_cast<ptrdiff_t>(at_) - line_start_ + 1, UINT32_MAX));
}

Scanned JsonScanner::take_record() {
  Scanned record;
  record.kind = Scanned::Kind::record;
  record.from = begin_;
  record.size = at_ - begin_;
  record.next = at_;
  record.line = record_line_;
  record.column = record_column_;
  line_start_ -= static_cast<ptrdiff_t>(at_);
  begin_ = at_ = 0;
  begun_ = finished_ = false;
  return record;
}

Scanned JsonScanner::take_broken(std::string_view text) {
  if (!begun_) begin_record();
  Scanned broken;
  broken.kind = Scanned::Kind::broken;
  broken.from = begin_;
  broken.size = std::min(at_ + 1, text.size()) - begin_;
  broken.next = text.size();
  broken.line = record_line_;
  broken.column = record_column_;
  broken.message = mistake_;
  broken.offset = at_ - begin_;
  return broken;
}

const char* JsonScanner::wanted() const {
  switch (want_) {
    case Want::top:
    case Want::element:
    case Want::value:
      return "expected a value";
    case Want::element_or_end:
    case Want::value_or_close:
      return "expected a value or ']'";
    case Want::comma_or_end:
      return "expected ',' or ']'";
    case Want::key:
      return "expected a key";
    case Want::key_or_close:
      return "expected a key or '}'";
    case Want::colon:
      return "expected ':'";
    case Want::comma_or_close:
      break;
  }
  return levels_.back() ? "expected ',' or '}'" : "expected ',' or ']'";
}

}  // namespace runnel::core
