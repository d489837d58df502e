// What a flow file may not hold whatever its YAML says; yaml-cpp would let it pass or guess.
#pragma once

#include "config/mistakes.hpp"
#include "config/yaml_source.hpp"

namespace runnel::core {

constexpr size_t kLargestFlow = 1024 * 1024;

// At most one mistake: the first. True when there is none.
bool check_bytes(const YamlSource&, Mistakes&);

}  // namespace runnel::core
