// Numbers that scripts read in an unusual spelling (1.10, 1e2) are plain floats to Lua. This remembers the spelling, so
// that a number passed on keeps it; a number read in two spellings is written in one of them.
#pragma once

#include <cstdint>
#include <vector>

#include "value/value.hpp"

namespace runnel::core {

class NumberTexts {
 public:
  bool empty() const { return used_ == 0; }
  void remember(double number, Value text);  // a RUNNEL_NUMBER, or missing: the usual spelling
  Value find(double number) const;           // or missing
  void clear();

 private:
  static constexpr size_t kMost = size_t{1} << 20;  // beyond it spellings are not kept
  struct Entry {
    uint64_t bits;
    Value text;
    bool used;
  };
  size_t place_of(uint64_t bits) const;
  void grow();

  std::vector<Entry> entries_;  // open addressing, a power of two of them
  size_t used_ = 0;
};

}  // namespace runnel::core
