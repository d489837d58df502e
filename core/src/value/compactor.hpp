// Moves what is still wanted out of an arena into a fresh one: what two values share stays shared, what the old arena
// does not own (the input line, constants) stays where it is.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "value/value.hpp"

namespace runnel::core {

class Compactor {
 public:
  Compactor(const Arena& from, Arena& to) : from_(from), to_(to) {}
  // Text that points into `from`, which the arena need not own, points into its copy `to` afterwards.
  void rebase(std::string_view from, const char* to) {
    line_ = from;
    moved_line_ = to;
  }
  // Makes the value independent of the old arena. When the new one is exhausted the value becomes missing.
  void operator()(Value&);

 private:
  bool move_container(Value&);
  bool in_line(const char* text) const {
    return reinterpret_cast<uintptr_t>(text) - reinterpret_cast<uintptr_t>(line_.data()) < line_.size();
  }
  const char* moved(const char* text) const { return moved_line_ + (text - line_.data()); }

  const Arena& from_;
  Arena& to_;
  std::string_view line_;
  const char* moved_line_ = nullptr;
  std::unordered_map<const void*, const void*> moved_;  // nodes: old -> new
};

}  // namespace runnel::core
