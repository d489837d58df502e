// The second stage of the reader: from the places of simdjson's first stage to a tree in the arena, in one pass.
#pragma once

#include <cstdint>
#include <string_view>

#include "value/reader.hpp"

namespace runnel::core {

// A container whose closing bracket has not come yet.
struct OpenContainer {
  Value* first;      // its elements begin here on the scratch stack
  const char* text;  // its bracket
  uint64_t seen;     // bits of its keys' hashes: a clear bit proves a key new
  uint16_t height;
  char bracket;
};

struct SecondStage {
  std::string_view text;
  const uint32_t* places;  // of brackets, commas, colons and the first bytes of scalars outside strings
  const uint32_t* places_end;
  Value* scratch;          // room for one value per two places, and one more
  OpenContainer* open;     // one around the text, then as many as may be nested
  OpenContainer* deepest;  // the last of them
};

// The text must be one that begins and ends with a bracket: the last one keeps every scan inside the text. UTF-8 and
// string quotes have been checked by the first stage, the rest is checked here.
ReadError build_tree(const SecondStage&, Arena&, Value& out);

// A number as value: small integers decoded, everything else as its text. The text must be valid.
Value number_value(std::string_view text);

}  // namespace runnel::core
