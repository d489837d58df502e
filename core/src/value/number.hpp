// Numbers that are kept as their JSON text.
#pragma once

#include <optional>
#include <string_view>

namespace runnel::core {

// Neither fraction nor exponent.
inline bool is_integer_text(std::string_view text) { return text.find_first_of(".eE") == std::string_view::npos; }

// The nearest double; nothing when it overflows.
std::optional<double> double_of_text(std::string_view text);

}  // namespace runnel::core
