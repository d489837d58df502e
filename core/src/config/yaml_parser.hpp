// YAML text to a tree, over yaml-cpp's events, with the guards its 0.7.0 needs.
#pragma once

#include <optional>

#include "config/mistakes.hpp"
#include "config/yaml_tree.hpp"

namespace runnel::core {

constexpr size_t kMostNodes = 100'000;  // aliases expanded
constexpr size_t kMostNesting = 100;

// The one document of the source's text from `base` on. Nothing when its syntax is wrong (reported). Duplicate keys and
// refused tags are reported and the tree goes on without them.
std::optional<YamlNode> parse_yaml(const YamlSource&, Mistakes&, size_t base = 0);

}  // namespace runnel::core
