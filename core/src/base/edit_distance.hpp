// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runnel::core {

size_t edit_distance(std::string_view a, std::string_view b);

// The candidate nearest to a misspelt name, or "" when none is near enough to be meant.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace runnel::core
