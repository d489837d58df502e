// Finds the jobs in JSON text that may be spread over many lines: an array at the top is a list of them, any other
// value at the top is one. It knows brackets, commas, colons and strings; a mistake inside a string, a number or a word
// is left to the reader of the record, for it does not hide where the record ends.
#pragma once

#include <vector>

#include "source/record_scanner.hpp"

namespace runnel::core {

class JsonScanner : public RecordScanner {
 public:
  void start() override { *this = JsonScanner(); }
  Scanned scan(std::string_view text, bool last) override;
  void drop(size_t size) override;

 private:
  // What may come next: between records, then in one.
  enum class Want : uint8_t {
    top,
    element,
    element_or_end,
    comma_or_end,
    value,
    value_or_close,
    key,
    key_or_close,
    colon,
    comma_or_close
  };
  enum class In : uint8_t { nothing, string, escape, word };

  void step(std::string_view text);
  void token(char c);
  void value(char c);
  void read_string(std::string_view text);
  void read_word(std::string_view text);
  void close();
  void done();  // with a value
  void end();   // of the input
  void begin_record();
  Scanned take_record();
  Scanned take_broken(std::string_view text);
  void fail(std::string message) { mistake_ = std::move(message); }
  const char* wanted() const;

  Want want_ = Want::top;
  In in_ = In::nothing;
  bool is_key_ = false;       // the string is one
  bool in_array_ = false;     // at the top
  bool begun_ = false;        // a record, at begin_
  bool finished_ = false;     // it ends at at_
  std::vector<bool> levels_;  // containers of the record that are open; true: an object
  std::string mistake_;
  size_t begin_ = 0;
  size_t at_ = 0;  // looked at up to here
  uint64_t line_ = 1;
  ptrdiff_t line_start_ = 0;  // where it begins; may lie before the text
  uint64_t record_line_ = 1;
  uint32_t record_column_ = 1;
};

}  // namespace runnel::core
