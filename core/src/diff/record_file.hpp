// A file of records, one a line, that is read from its start and then here and there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace runnel::core {

class RecordFile {
 public:
  RecordFile() = default;
  ~RecordFile();
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;

  // "-": standard input. What is packed or cannot be read twice is copied, unpacked, to a temporary file first. errno,
  // or 0; `problem` says what errno does not.
  int open(const std::string& name, std::string& problem);

  // The next line from the start, without its newline: valid until the next call. False: the end, or error().
  bool next();
  std::string_view line() const { return line_; }
  bool is_ended() const { return ended_; }  // by a newline
  uint64_t offset() const { return offset_; }
  int error() const { return error_; }

  // The line that begins there. False: it cannot be read any more.
  bool line_at(uint64_t offset, std::string& line) const;

 private:
  int copy(const std::string& name, std::string& problem);

  int fd_ = -1;
  std::string buffer_;
  size_t start_ = 0;      // of what was not handed out yet
  uint64_t read_to_ = 0;  // offset of the buffer's end
  std::string_view line_;
  bool ended_ = false;
  uint64_t offset_ = 0;
  int error_ = 0;
};

}  // namespace runnel::core
