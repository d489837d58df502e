// Writes whole lines so that the process may be ended at any moment between two of them, even while the other end of a
// pipe reads nothing.
#pragma once

#include <mutex>
#include <string_view>

namespace runnel::core {

class LineWriter {
 public:
  explicit LineWriter(int fd);

  // [one thread at a time] As write_all(); `lines` ends with a newline. Does not return after freeze().
  int write(std::string_view lines);
  // [any thread] No further line begins. True: the last one is whole.
  bool freeze();

 private:
  int write_piece(std::string_view piece);

  const int fd_;
  const bool is_pipe_;
  std::mutex mutex_;
  bool is_frozen_ = false;
  bool is_within_ = false;  // a line may be half written
};

}  // namespace runnel::core
