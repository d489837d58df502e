#include "embed/kept_state.hpp"

#include "value/reader.hpp"

namespace runnel::core {

KeptState::KeptState(int file, WorkerState& state) : log_(file), state_(state) {
  Reader reader;
  Arena memory;
  log_.read([&](const StateEntry& entry) {
    if (entry.routine >= state_.routines()) return;
    StateObject& object = entry.is_shared ? state_.shared() : state_.routine(entry.routine);
    Value value = missing();
    memory.reset();
    std::string padded;
    if (entry.json) {
      padded.reserve(entry.json->size() + 64);  // the reader looks so far behind the end
      padded = *entry.json;
      if (!reader.read(padded, memory, value)) return;
    }
    object.set(entry.key, value);
  });
}

void KeptState::wrote(uint32_t routine, bool shared, std::string_view key, Value value) {
  StateEntry entry{routine, shared, key, {}};
  std::string json;
  if (!is_missing(value)) entry.json = json = to_json(value);
  log_.add(entry);
}

void KeptState::committed() {
  log_.commit();
  if (log_.is_long()) write_anew();
}

void KeptState::write_anew() {
  for (uint32_t routine = 0; routine < state_.routines(); ++routine)
    state_.routine(routine).for_each([&](std::string_view key, Value value) { wrote(routine, false, key, value); });
  state_.shared().for_each([&](std::string_view key, Value value) { wrote(0, true, key, value); });
  log_.commit_anew();
}

}  // namespace runnel::core
