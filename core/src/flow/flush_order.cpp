#include <functional>
#include <queue>

#include "flow/components.hpp"
#include "flow/flow.hpp"

namespace runnel::core {

std::vector<uint32_t> flush_order(const std::vector<Routine>& routines, const std::vector<Connection>& connections) {
  const Components components = find_components(routines.size(), connections);
  std::vector<std::vector<uint32_t>> next(components.members.size());
  std::vector<uint32_t> waits_for(components.members.size(), 0);
  for (const Connection& one : connections) {
    const uint32_t from = components.of[one.from], to = components.of[one.to];
    if (from == to) continue;
    next[from].push_back(to);
    ++waits_for[to];
  }
  // Of the components that wait for none, the one whose first routine stands first in the file.
  const auto later = [&](uint32_t a, uint32_t b) { return components.members[a][0] > components.members[b][0]; };
  std::priority_queue<uint32_t, std::vector<uint32_t>, decltype(later)> ready(later);
  for (uint32_t i = 0; i < waits_for.size(); ++i) {
    if (waits_for[i] == 0) ready.push(i);
  }
  std::vector<uint32_t> order;
  order.reserve(routines.size());
  while (!ready.empty()) {
    const uint32_t one = ready.top();
    ready.pop();
    order.insert(order.end(), components.members[one].begin(), components.members[one].end());
    for (const uint32_t to : next[one]) {
      if (--waits_for[to] == 0) ready.push(to);
    }
  }
  return order;
}

}  // namespace runnel::core
