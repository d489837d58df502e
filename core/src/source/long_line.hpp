// What stays of a line over the limit while it is read through: its hash and whether it was blank.
#pragma once

#include <cstdint>
#include <string_view>

#include "value/hash.hpp"

namespace runnel::core {

inline bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

class LongLine {
 public:
  void add(std::string_view piece) {
    if (piece.empty()) return;
    blank_ = blank_ && is_blank(piece);
    if (held_return_) hash_.add("\r");
    held_return_ = piece.back() == '\r';
    if (held_return_) piece.remove_suffix(1);
    hash_.add(piece);
  }
  // A CR right before the LF is not part of the line; at the end of the file it is.
  uint64_t finish(bool with_newline) {
    if (held_return_ && !with_newline) hash_.add("\r");
    return hash_.finish();
  }
  bool blank() const { return blank_; }

 private:
  ContentHash hash_;
  bool blank_ = true;
  bool held_return_ = false;
};

}  // namespace runnel::core
