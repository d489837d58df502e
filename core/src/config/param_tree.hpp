// The parameters of a routine class as a tree: `a`, `a.b`, `a.*` and `a[].b` of one list of ParamSpec.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "routine/spec.hpp"

namespace runnel::core {

struct ParamNode {
  std::string name;                  // of a field
  const ParamSpec* spec = nullptr;   // null: only what stands below is described
  std::vector<ParamNode> fields;     // of a map with known keys
  std::unique_ptr<ParamNode> value;  // of each value of a map with free keys: `.*`
  std::unique_ptr<ParamNode> item;   // of each item of a list: `[]`

  bool required() const { return spec && spec->required; }
};

ParamNode param_tree(const std::vector<ParamSpec>&);

}  // namespace runnel::core
