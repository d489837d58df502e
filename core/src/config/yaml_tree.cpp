#include "config/yaml_tree.hpp"

#include <algorithm>

namespace runnel::core {

size_t nodes_of(const YamlNode& node, size_t most) {
  size_t result = 1;
  for (const YamlNode& item : node.items) {
    if (result > most) return result;
    result += nodes_of(item, most - result);
  }
  for (const YamlEntry& entry : node.entries) {
    if (result > most) return result;
    result += 1 + nodes_of(entry.value, most - result);
  }
  return result;
}

size_t nesting_of(const YamlNode& node) {
  size_t most = 0;
  for (const YamlNode& item : node.items) most = std::max(most, nesting_of(item));
  for (const YamlEntry& entry : node.entries) most = std::max(most, nesting_of(entry.value));
  return most + (node.kind == NodeKind::list || node.kind == NodeKind::map);
}

}  // namespace runnel::core
