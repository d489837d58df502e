// Strongly connected components of a flow's graph: routines that can reach each other.
#pragma once

#include <cstdint>
#include <vector>

#include "flow/flow.hpp"

namespace runnel::core {

struct Components {
  std::vector<uint32_t> of;                    // by routine: its component
  std::vector<std::vector<uint32_t>> members;  // by component: routines in file order
};

// Tarjan's algorithm, iterative: a chain of any length is no risk to the stack. Components come out downstream first.
Components find_components(size_t routines, const std::vector<Connection>&);

}  // namespace runnel::core
