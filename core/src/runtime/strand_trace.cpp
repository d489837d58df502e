// What the runtime itself traces, by --trace-level: errors and unconsumed items from `user` on, hops from `flow`,
// payloads from `data`.
#include "runtime/strand.hpp"
#include "value/builder.hpp"

namespace runnel::core {

void Strand::trace(uint32_t number, Value action, Value details) {
  if (options_.trace_level == TraceLevel::off) return;
  if (is_shared_) {  // in each of the jobs it works for
    for (const uint64_t ticket : served_tickets_) {
      const auto at = table_->holders.find(ticket);
      if (at == table_->holders.end()) continue;
      Strand& owner = *at->second;
      owner.trace(number, deep_copy(owner.job_.arena, action), deep_copy(owner.job_.arena, details));
    }
    return;
  }
  job_.trace_log.add(job_.clock.now(), flow_.routines[number].names.id, action, details);
}

void Strand::trace_activated(uint32_t number, std::span<const SlotItems> items, Value message) {
  if (is_shared_) return trace_served(number, items, message);
  const RoutineNames& names = flow_.routines[number].names;
  std::vector<Member> slots;
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i].count == 0) continue;
    const Value shown = options_.trace_level >= TraceLevel::data
                            ? make_array(job_.arena, {items[i].items, items[i].count})
                            : make_int(items[i].count);
    slots.push_back({string_view_value(names.slots[i]), shown});
  }
  const Member details[] = {{literal("slots"), make_object(job_.arena, slots)}, {literal("policy_message"), message}};
  trace(number, literal("slot_activated"), make_object(job_.arena, details));
}

// In each job, with its own items.
void Strand::trace_served(uint32_t number, std::span<const SlotItems> items, Value message) {
  for (uint32_t job = 0; job < served_tickets_.size(); ++job) {
    const auto at = table_->holders.find(served_tickets_[job]);
    if (at == table_->holders.end()) continue;
    Strand& owner = *at->second;
    const OwnItems own = items_of_job(job, items, owner);
    owner.trace_activated(number, own.view, deep_copy(owner.job_.arena, message));
  }
}

void Strand::trace_emitted(uint32_t number, uint32_t event, Value item) {
  const Routine& routine = flow_.routines[number];
  const Member details[] = {{literal("event"), string_view_value(routine.names.events[event])},
                            {literal("connections"), make_int(static_cast<int64_t>(routine.connections[event].size()))},
                            {literal("item"), item}};
  trace(number, literal("emitted"),
        make_object(job_.arena, std::span(details, options_.trace_level >= TraceLevel::data ? 3 : 2)));
}

}  // namespace runnel::core
