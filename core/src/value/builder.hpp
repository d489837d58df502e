// Making values in an arena. All return missing() when the arena is exhausted.
#pragma once

#include <span>
#include <string_view>

#include "value/value.hpp"

namespace runnel::core {

Value make_string(Arena&, std::string_view text, uint8_t flags = 0);  // copies
Value make_array(Arena&, std::span<const Value> items);
// Members in the order given; of equal keys the last value wins, at the first one's place. Keys with escapes are
// decoded.
Value make_object(Arena&, std::span<const Member> members);

// A copy that depends on nothing but the arena: text the value only borrows (the input line, another arena) is copied,
// what is marked RUNNEL_STATIC is not. A subtree that remembers its text keeps it, copied once. Iterative.
Value deep_copy(Arena&, Value);
// What a routine or another arena lends, made fit to be kept in `arena`: scalars and containers the arena already owns
// stay as they are; text that is not static is copied, unless it lies in `lives`, which lives as long as the arena.
Value keep_lent(Arena&, Value, std::string_view lives);
inline Value keep(Arena& arena, Value v, std::string_view lives = {}) {
  return v.kind < RUNNEL_NUMBER || (v.flags & RUNNEL_STATIC) ? v : keep_lent(arena, v, lives);
}

}  // namespace runnel::core
