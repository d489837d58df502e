#include "config/param_tree.hpp"

#include <algorithm>

namespace runnel::core {
namespace {

ParamNode& field_of(ParamNode& node, std::string_view name) {
  const auto found =
      std::find_if(node.fields.begin(), node.fields.end(), [&](const ParamNode& field) { return field.name == name; });
  if (found != node.fields.end()) return *found;
  node.fields.emplace_back();
  node.fields.back().name = name;
  return node.fields.back();
}

ParamNode& make(std::unique_ptr<ParamNode>& node) {
  if (!node) node = std::make_unique<ParamNode>();
  return *node;
}

}  // namespace

ParamNode param_tree(const std::vector<ParamSpec>& specs) {
  ParamNode root;
  for (const ParamSpec& spec : specs) {
    ParamNode* node = &root;
    for (std::string_view rest = spec.name; !rest.empty();) {
      if (rest.starts_with('.')) rest.remove_prefix(1);
      if (rest.starts_with("[]")) {
        node = &make(node->item);
        rest.remove_prefix(2);
      } else if (rest.starts_with('*')) {
        node = &make(node->value);
        rest.remove_prefix(1);
      } else {
        const size_t end = std::min(rest.find_first_of(".["), rest.size());
        node = &field_of(*node, rest.substr(0, end));
        rest.remove_prefix(std::max<size_t>(end, 1));
      }
    }
    node->spec = &spec;
  }
  return root;
}

}  // namespace runnel::core
