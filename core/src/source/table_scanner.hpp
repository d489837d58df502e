// Rows of CSV (RFC 4180: a quoted field may hold line breaks) and of TSV, where a row is a line.
#pragma once

#include "source/record_scanner.hpp"

namespace runnel::core {

class TableScanner : public RecordScanner {
 public:
  explicit TableScanner(bool quotes) : quotes_(quotes) {}
  void start() override;
  Scanned scan(std::string_view text, bool last) override;
  void drop(size_t size) override;

 private:
  enum class In : uint8_t { field_start, plain, quoted, quote };  // quote: behind one that may close the field

  bool is_blank(std::string_view text) const;
  bool find_end(std::string_view text);
  Scanned end_row(std::string_view text, size_t next);
  Scanned end_input(std::string_view text);
  void open_quote();

  const bool quotes_;
  In in_ = In::field_start;
  size_t begin_ = 0;          // of the row
  size_t at_ = 0;             // looked at up to here
  uint64_t line_ = 1;         // of the row's first byte
  uint64_t line_breaks_ = 0;  // in the row so far
  bool dropped_ = false;      // the row's beginning is not in the text any more
  uint64_t gone_ = 0;         // bytes before the text; the three below count from the same start
  uint64_t line_begin_ = 0;   // of the line looked at
  uint64_t quote_ = 0;        // the one that opened the last quoted field
  uint64_t quote_line_ = 0;   // 0: the row has none
  uint64_t quote_column_ = 0;
};

}  // namespace runnel::core
