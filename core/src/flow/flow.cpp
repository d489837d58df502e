#include "flow/flow.hpp"

#include <algorithm>

namespace runnel::core {

const Routine* Flow::find(std::string_view routine_id) const {
  const auto number = routine_number(routine_id);
  return number ? &routines[*number] : nullptr;
}

std::optional<uint32_t> Flow::routine_number(std::string_view routine_id) const {
  for (uint32_t i = 0; i < routines.size(); ++i) {
    if (routines[i].id == routine_id) return i;
  }
  return std::nullopt;
}

bool Flow::has_worker_slots() const {
  return std::any_of(routines.begin(), routines.end(), [](const Routine& routine) { return routine.is_worker_scoped; });
}

bool Flow::keeps_state() const {
  return std::any_of(routines.begin(), routines.end(), [](const Routine& routine) { return routine.keeps_state; });
}

bool Flow::has_critical() const {
  return std::any_of(routines.begin(), routines.end(),
                     [](const Routine& routine) { return routine.error_handler.is_critical; });
}

bool Flow::may_not_return() const {
  return std::any_of(routines.begin(), routines.end(),
                     [](const Routine& routine) { return routine.spec->owner != kBuiltIn; });
}

}  // namespace runnel::core
