// Conditions of flows written for the Python DSL: told apart from Lua, and rewritten for the hint.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace runnel::core {

struct PythonText {
  size_t offset;  // of the first thing that is Python, not Lua
  size_t length;
  std::string lua;  // the same in Lua; empty when it has no short form
};

// Nothing when the text could be Lua.
std::optional<PythonText> find_python(std::string_view condition);

}  // namespace runnel::core
