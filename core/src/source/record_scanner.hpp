// Finds where the records of an input begin and end, in the bytes as they come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace runnel::core {

struct Scanned {
  enum class Kind : uint8_t {
    more,    // no whole record yet; at the end of the input: there is none
    record,  //
    broken   // what follows cannot be told apart any more: [from, from + size) is what led there
  };
  Kind kind = Kind::more;
  size_t from = 0;          // in the text; of `more`: where the next record begins at the earliest
  size_t size = 0;          // without LF or CRLF
  size_t next = 0;          // where the text of the next scan begins
  uint64_t line = 0;        // where it begins; both count from 1
  uint32_t column = 1;      // bytes
  std::string message;      // broken
  size_t offset = 0;        // broken: in the record
  uint64_t quote_line = 0;  // where the last quoted field of the record begins; 0: it has none
  uint64_t quote_column = 0;
};

class RecordScanner {
 public:
  virtual ~RecordScanner() = default;
  // Before the first scan of an input.
  virtual void start() = 0;
  // The text goes on where the last record's `next` was; after `more` it is the same with more bytes behind it.
  // `last`: these are all.
  virtual Scanned scan(std::string_view text, bool last) = 0;
  // After `more`: the first `size` bytes will not be in the next text.
  virtual void drop(size_t size) = 0;
};

}  // namespace runnel::core
