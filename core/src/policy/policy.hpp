// Activation policies: how many items an activation may take now. `when` is judged by the runtime, which can evaluate.
#pragma once

#include <cstdint>

#include "flow/policy_spec.hpp"
#include "policy/slot_queues.hpp"

namespace runnel::core {

constexpr uint32_t kEverything = UINT32_MAX;

// True where an arriving item goes straight to the logic and never lies in a slot.
constexpr bool takes_at_once(const PolicySpec& policy, size_t slots) {
  return policy.kind == PolicyKind::immediate || (policy.kind == PolicyKind::all_slots_ready && slots == 1) ||
         (policy.kind == PolicyKind::batch_size && policy.batch_size == 1 && slots == 1);
}

// Items of each slot to take now; 0: not yet. For policies that only count.
inline uint32_t items_to_take(const PolicySpec& policy, const SlotQueues& queues) {
  switch (policy.kind) {
    case PolicyKind::immediate:
      return queues.total() ? kEverything : 0;
    case PolicyKind::all_slots_ready:
      return queues.fewest() >= 1 ? 1 : 0;
    case PolicyKind::batch_size:
      return queues.fewest() >= policy.batch_size ? policy.batch_size : 0;
    default:
      break;
  }
  return 0;
}

}  // namespace runnel::core
