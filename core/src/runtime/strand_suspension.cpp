// Activations that are finished later: kept with all they have done, and taken up again.
#include <algorithm>
#include <utility>

#include "routine/registry.hpp"
#include "runtime/strand.hpp"

namespace runnel::core {

namespace {

constexpr size_t kWorthParking = 16 * 1024;  // bytes a waiting job may leave lying about

}  // namespace

// The activation in context_ returned and asked to be finished later.
void Strand::keep_suspended(uint32_t number, std::span<const SlotItems> items, Value first, uint32_t hops,
                            Value message) {
  SuspendRequest request = std::exchange(context_.suspend, {});
  Suspension& kept = suspensions_[request.id];
  kept.routine = number;
  kept.hops = hops;
  kept.first = first;
  kept.message = message;
  for (const SlotItems& slot : items) {
    kept.items.insert(kept.items.end(), slot.items, slot.items + slot.count);
    kept.counts.push_back(slot.count);
  }
  kept.emissions = std::exchange(emissions_, {});
  kept.complete = std::exchange(context_.complete, std::nullopt);
  kept.writes = routines_.writes().take();
  kept.tickets = std::exchange(served_tickets_, {});
  kept.served = std::exchange(served_, {});
  kept.cancel = std::move(request.cancel);
  ++outstanding_;
  table_->strands.emplace(request.id, this);
  if (!request.alarm) return;
  Alarm& alarm = *request.alarm;
  if (table_->in_start_order && !request.is_shared) {  // time of its own: nobody waits
    kept.wakes_at = job_.clock.later(alarm.delay_us);
    kept.rest = std::move(alarm.rest);
    return;
  }
  auto rest = std::make_shared<Continuation>(std::move(alarm.rest));
  kept.timer = table_->loop->after(alarm.delay_us,
                                   [table = table_, id = request.id, rest] { table->wake(id, std::move(*rest)); });
}

void Strand::wake(uint64_t id, Continuation rest) {
  if (table_->in_start_order) {
    Suspension& suspension = suspensions_.at(id);
    if (suspension.rest) {
      ++table_->late;
    } else {
      suspension.rest = std::move(rest);
      if (suspension.timer) table_->loop->cancel(*suspension.timer);
    }
  } else {
    resume(id, rest);
  }
  if (is_shared_) return go_on_shared();
  go_on();
}

// In start order: takes up the activation that was started first, if it is finished.
bool Strand::resume_first() {
  if (suspensions_.empty() || !suspensions_.begin()->second.rest) return false;
  auto& [id, suspension] = *suspensions_.begin();
  job_.clock.advance_to(suspension.wakes_at);
  const Continuation rest = std::move(*suspension.rest);
  resume(id, rest);
  return true;
}

void Strand::resume(uint64_t id, const Continuation& rest) {
  Suspension suspension = std::move(suspensions_.extract(id).mapped());
  table_->strands.erase(id);
  if (suspension.timer) table_->loop->cancel(*suspension.timer);
  std::vector<SlotItems> items;
  const Value* next = suspension.items.data();
  for (const uint32_t count : suspension.counts) {
    items.push_back({next, count});
    next += count;
  }
  if (is_shared_) {
    served_tickets_ = std::move(suspension.tickets);
    served_ = std::move(suspension.served);
    find_served();
  }
  auto completing = std::move(served_.complete);
  prepare(suspension.routine, items, suspension.first, suspension.message);
  served_.complete = std::move(completing);
  emissions_ = std::move(suspension.emissions);
  context_.complete = suspension.complete;
  routines_.writes().restore(suspension.writes);
  {
    const CurrentContext current(&context_);
    rest(&context_);
  }
  settle(suspension.routine, items, suspension.first, suspension.hops, suspension.message);
  if (!is_final()) --outstanding_;  // after what it emitted was counted
}

// The activation in context_ failed after it had asked to be suspended.
void Strand::cancel_request() {
  const SuspendRequest request = std::exchange(context_.suspend, {});
  try {
    request.cancel();
  } catch (...) {
  }
}

void Strand::drop_suspensions() {
  while (!suspensions_.empty()) drop_suspension(suspensions_.begin());
}

void Strand::drop_suspension(std::map<uint64_t, Suspension>::iterator at) {
  const auto node = suspensions_.extract(at);
  table_->strands.erase(node.key());
  if (node.mapped().timer) table_->loop->cancel(*node.mapped().timer);
  try {
    node.mapped().cancel();
  } catch (...) {  // the job is over, whatever its routine makes of that
  }
}

void Strand::park() {
  const uint32_t waiting = suspensions_.empty() ? 0 : suspensions_.begin()->second.routine;
  line_in_arena_ = true;
  compact();
  park_above_ = std::max(kWorthParking, 2 * job_.arena.used());
  if (job_.arena.exhausted()) fail_job(memory_problem(waiting));
}

void Strand::park_again() {
  if (is_waiting() && job_.arena.used() > park_above_) park();
}

void Strand::give_up(std::string message) {
  if (!is_final()) fail_job({"limit.memory", std::move(message), "", 1, "", ""});
}

void Strand::cancel() {
  if (!is_final()) finish(Status::cancelled);
}

}  // namespace runnel::core
