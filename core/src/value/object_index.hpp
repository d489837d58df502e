// The hash index of an object of kIndexFrom members or more: open addressing, member number + 1, 0 is free.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>

#include "value/hash.hpp"
#include "value/value.hpp"

namespace runnel::core {

constexpr uint32_t index_size(uint32_t members) { return std::bit_ceil(2 * members); }

inline bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

// The entry where `key` stands or belongs.
template <class Entry>
Entry* find_entry(Entry* index, uint32_t size, const Member* members, std::string_view key) {
  const uint32_t mask = size - 1;
  for (auto at = static_cast<uint32_t>(table_hash(key)) & mask;; at = (at + 1) & mask) {
    if (index[at] == 0 || same_text(raw_text(members[index[at] - 1].key), key)) return index + at;
  }
}

// An empty index for as many members; null when the arena is exhausted.
inline uint32_t* make_index(Arena& arena, uint32_t members) {
  const uint32_t size = index_size(members);
  auto* index = static_cast<uint32_t*>(arena.allocate(size * sizeof(uint32_t)));
  if (index) std::fill_n(index, size, 0u);
  return index;
}

}  // namespace runnel::core
