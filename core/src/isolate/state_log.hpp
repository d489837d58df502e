// What a worker's state is, in a file without a name that outlives the worker's process: one entry for each value that
// was set. A new process reads it and goes on with it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace runnel::core {

struct StateEntry {
  uint32_t routine = 0;
  bool is_shared = false;  // of the worker's routines together
  std::string_view key;
  std::optional<std::string_view> json;  // nothing: the key is removed
};

// One process at a time uses it. Its descriptor stays the caller's.
class StateLog {
 public:
  static int make_file();  // a descriptor, or -1 and errno

  explicit StateLog(int fd) : fd_(fd) {}

  // What was committed, the oldest first; a commit that was not finished is cut off. Throws std::system_error.
  void read(const std::function<void(const StateEntry&)>& take);
  void add(const StateEntry&);  // takes effect with commit()
  void commit();                // throws std::system_error
  // So much more than what it would be written anew that it should be.
  bool is_long() const { return end_ - start_ > kLong && end_ - start_ > 4 * written_anew_; }
  // The entries added since the last commit are all there is: what stood before is given back. Throws.
  void commit_anew();

 private:
  static constexpr uint64_t kLong = uint64_t{1} << 20;

  int fd_;
  std::string bytes_ = std::string(sizeof(uint32_t), '\0');  // of the commit: its size, entries
  uint64_t start_ = 0;                                       // of the first entry that counts
  uint64_t end_ = 0;
  uint64_t written_anew_ = 0;  // bytes
};

}  // namespace runnel::core
