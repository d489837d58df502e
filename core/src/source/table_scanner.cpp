#include "source/table_scanner.hpp"

#include <algorithm>
#include <cstring>

namespace runnel::core {
namespace {

size_t find(std::string_view text, char c, size_t from) { return std::min(text.find(c, from), text.size()); }

}  // namespace

void TableScanner::start() {
  in_ = In::field_start;
  begin_ = at_ = 0;
  line_ = 1;
  line_breaks_ = 0;
  dropped_ = false;
  gone_ = line_begin_ = quote_ = quote_line_ = quote_column_ = 0;
}

void TableScanner::drop(size_t size) {
  at_ -= size;
  gone_ += size;
  dropped_ |= size > begin_;
  begin_ = begin_ > size ? begin_ - size : 0;
}

bool TableScanner::is_blank(std::string_view text) const {
  return !dropped_ && text.substr(begin_, at_ - begin_).find_first_not_of('\r') == std::string_view::npos;
}

Scanned TableScanner::scan(std::string_view text, bool last) {
  while (find_end(text)) {
    if (!is_blank(text)) return end_row(text, at_ + 1);
    begin_ = ++at_;  // an empty line is no row
    line_begin_ = gone_ + at_;
    ++line_;
    in_ = In::field_start;
  }
  if (last && !is_blank(text)) return end_input(text);
  Scanned result;
  result.from = begin_;
  result.line = line_;
  return result;
}

// Moves on to the LF that ends the row. False: it is not there yet.
bool TableScanner::find_end(std::string_view text) {
  while (at_ < text.size()) {
    if (in_ == In::quoted) {
      const size_t quote = find(text, '"', at_);
      const std::string_view passed = text.substr(at_, quote - at_);
      if (const auto breaks = std::count(passed.begin(), passed.end(), '\n'); breaks > 0) {
        line_breaks_ += static_cast<uint64_t>(breaks);
        line_begin_ = gone_ + at_ + passed.rfind('\n') + 1;
      }
      at_ = quote;
      if (quote == text.size()) return false;
      ++at_;
      in_ = In::quote;
      continue;
    }
    if (in_ == In::quote) {
      in_ = text[at_] == '"' ? In::quoted : In::plain;
      if (in_ == In::quoted) ++at_;
      continue;
    }
    const size_t end = find(text, '\n', at_);
    if (!quotes_ || find(text.substr(0, end), '"', at_) == end) {  // the rule: a line without quotes
      if (end > at_) in_ = text[end - 1] == ',' ? In::field_start : In::plain;
      at_ = end;
      return end < text.size();
    }
    while (at_ < end && in_ != In::quoted) {
      const char c = text[at_++];
      if (c == ',') {
        in_ = In::field_start;
      } else {
        in_ = c == '"' && in_ == In::field_start ? In::quoted : In::plain;
        if (in_ == In::quoted) open_quote();
      }
    }
    if (in_ != In::quoted) return end < text.size();
  }
  return false;
}

// at_ is behind the quote.
void TableScanner::open_quote() {
  quote_ = gone_ + at_ - 1;
  quote_line_ = line_ + line_breaks_;
  quote_column_ = quote_ - line_begin_ + 1;
}

// The last row, without LF. A field still open has taken all that follows it.
Scanned TableScanner::end_input(std::string_view text) {
  const bool is_open = in_ == In::quoted;
  const size_t offset = dropped_ ? 0 : static_cast<size_t>(quote_ - gone_) - begin_;
  Scanned row = end_row(text, text.size());
  if (!is_open) return row;
  row.kind = Scanned::Kind::broken;
  row.message = "a quoted field is not closed; it begins at line " + std::to_string(row.quote_line) + ", column " +
                std::to_string(row.quote_column) + ", and";
  row.offset = offset;
  return row;
}

Scanned TableScanner::end_row(std::string_view text, size_t next) {
  Scanned row;
  row.kind = Scanned::Kind::record;
  row.from = begin_;
  row.size = std::min(next, at_) - begin_;
  if (row.size > 0 && text[begin_ + row.size - 1] == '\r' && in_ != In::quoted) --row.size;
  row.next = next;
  row.line = line_;
  row.quote_line = quote_line_;
  row.quote_column = quote_column_;
  line_ += line_breaks_ + 1;
  line_breaks_ = 0;
  in_ = In::field_start;
  begin_ = at_ = 0;
  dropped_ = false;
  gone_ = line_begin_ = quote_ = quote_line_ = 0;
  return row;
}

}  // namespace runnel::core
