// For classes whose slots may be the worker's: why an activation came, and emits for the jobs of some of its items.
#pragma once

#include <runnel/activation.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runnel::builtin {

using ItemNumbers = std::vector<std::pair<uint32_t, uint32_t>>;  // slot and index

// The reason the class's policy left, or that of the runtime: flush, window, or of a policy the flow names.
inline std::string reason_of(const Activation& in, std::string& left_by_ready) {
  std::string reason = in.policy_message()["reason"].string_or("");
  std::string own = std::exchange(left_by_ready, {});
  return own.empty() || reason != "custom_policy_met" ? reason : own;
}

// One copy for each job these items belong to.
inline void emit_for(Activation& in, Text event, Value item, const ItemNumbers& items) {
  if (in.job_count() <= 1) return in.emit(event, item);
  std::vector<bool> served(in.job_count());
  for (const auto& [slot, index] : items) {
    const Job job = in.job_of(slot, index);
    if (!served[job.number()]) in.emit(event, item, job);
    served[job.number()] = true;
  }
}

}  // namespace runnel::builtin
