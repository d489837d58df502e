// The job ids a run was given, 16 bytes of hash for each: enough to tell apart any number of them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "value/hash.hpp"

namespace runnel::core {

class IdSet {
 public:
  // False: it is in already.
  bool insert(std::string_view id) {
    if (4 * (size_ + 1) > 3 * slots_.size()) grow();
    Key key{content_hash(id), table_hash(id)};
    if (key == kFree) key[1] = 1;
    Key& slot = find(key);
    if (slot == key) return false;
    slot = key;
    ++size_;
    return true;
  }

 private:
  using Key = std::array<uint64_t, 2>;
  static constexpr Key kFree{0, 0};

  Key& find(const Key& key) {
    size_t at = key[0] & (slots_.size() - 1);
    while (slots_[at] != kFree && slots_[at] != key) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }
  void grow() {
    std::vector<Key> old(slots_.empty() ? 1024 : 2 * slots_.size(), kFree);
    old.swap(slots_);
    for (const Key& key : old) {
      if (key != kFree) find(key) = key;
    }
  }

  std::vector<Key> slots_;  // open addressing; a power of two
  size_t size_ = 0;
};

}  // namespace runnel::core
