// The lines of a file that is open, from its start, whatever their length.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sink/checked_file.hpp"

namespace runnel::core {

class FileLines {
 public:
  explicit FileLines(const CheckedFile& file) : file_(file) {}

  // False: the end, or error() is set. The line is valid until the next call.
  bool next();
  std::string_view line() const { return line_; }  // without its newline
  bool is_ended() const { return ended_; }         // it has one
  uint64_t number() const { return number_; }      // from 1
  uint64_t offset() const { return offset_; }      // where it begins in the file
  uint64_t end() const { return offset_ + line_.size() + (ended_ ? 1 : 0); }
  int error() const { return error_; }

 private:
  const CheckedFile& file_;
  std::string buffer_;
  size_t start_ = 0;      // of what is not handed out yet
  uint64_t read_to_ = 0;  // offset in the file of the buffer's end
  std::string_view line_;
  bool ended_ = false;
  uint64_t number_ = 0;
  uint64_t offset_ = 0;
  int error_ = 0;
};

}  // namespace runnel::core
