// --set PATH=VALUE: replaces or adds a node of the tree before it is checked.
#pragma once

#include <deque>

#include "config/mistakes.hpp"
#include "config/yaml_tree.hpp"

namespace runnel::core {

// A mistake is reported inside the option's own text, which becomes a source named after the option.
void apply_set(YamlNode& root, const std::string& option, std::deque<YamlSource>& sources, Mistakes&);

}  // namespace runnel::core
