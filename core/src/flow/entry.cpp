#include "flow/entry.hpp"

namespace runnel::core {

std::string entry_question(const Flow& flow) {
  constexpr size_t kShown = 10;
  std::string names;
  for (size_t i = 0; i < flow.entry_candidates.size() && i < kShown; ++i) {
    const SlotRef& slot = flow.entry_candidates[i];
    const Routine& routine = flow.routines[slot.routine];
    names += (i ? ", " : "") + routine.id + "." + routine.names.slots[slot.slot];
  }
  if (flow.entry_candidates.size() > kShown) names += ", ...";
  return "flow \"" + flow.id +
         "\" does not say where jobs enter, and several slots have no connection into them: " + names;
}

}  // namespace runnel::core
