// What to say of a flow whose jobs could enter at several slots.
#pragma once

#include <string>

#include "flow/flow.hpp"

namespace runnel::core {

inline constexpr const char* kEntryHint = "set `entry:` in the flow or use --post";

// flow "x" does not say where jobs enter, and several slots have no connection into them: a.input, b.input
std::string entry_question(const Flow&);

}  // namespace runnel::core
