// Activations that are finished later: kept with all they have done, and taken up again.
#include <algorithm>
#include <utility>

#include "routine/registry.hpp"
#include "runtime/strand.hpp"

namespace runnel::core {

namespace {

constexpr size_t kWorthParking = 16 * 1024;  // bytes a waiting job may leave lying about

}  // namespace

Suspension& Strand::add_suspension(uint64_t id, uint32_t number, std::span<const SlotItems> items, Value first,
                                   uint32_t hops, Value message) {
  Suspension& kept = suspensions_[id];
  kept.routine = number;
  kept.hops = hops;
  kept.first = first;
  kept.message = message;
  for (const SlotItems& slot : items) {
    kept.items.insert(kept.items.end(), slot.items, slot.items + slot.count);
    kept.counts.push_back(slot.count);
  }
  kept.tickets = std::exchange(served_tickets_, {});
  kept.served = std::exchange(served_, {});
  ++outstanding_;
  table_->strands.emplace(id, this);
  return kept;
}

// The activation in context_ returned and asked to be finished later.
void Strand::keep_suspended(uint32_t number, std::span<const SlotItems> items, Value first, uint32_t hops,
                            Value message) {
  SuspendRequest request = std::exchange(context_.suspend, {});
  Suspension& kept = add_suspension(request.id, number, items, first, hops, message);
  kept.emissions = std::exchange(emissions_, {});
  kept.complete = std::exchange(context_.complete, std::nullopt);
  kept.writes = routines_.writes().take();
  kept.cancel = std::move(request.cancel);
  if (!is_first_attempt_) kept.attempt = std::exchange(attempt_, {});
  if (request.alarm) {
    arm(request.id, kept, request.alarm->delay_us, std::move(request.alarm->rest), request.is_shared);
  } else {
    arm_deadline(request.id, kept);
  }
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
    if (!has_time_left_for(suspensions_.at(id))) return;
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
  is_first_attempt_ = false;
  attempt_ = std::move(suspension.attempt);
  if (is_shared_) {
    served_tickets_ = std::move(suspension.tickets);
    served_ = std::move(suspension.served);
    find_served();
  }
  take_up(suspension, items, rest);
  if (!is_final()) --outstanding_;  // after what it emitted was counted
}

void Strand::take_up(Suspension& suspension, std::span<const SlotItems> items, const Continuation& rest) {
  const uint32_t number = suspension.routine;
  const bool has_timeout = flow_.routines[number].timeout_us != 0;
  if (suspension.next == NextStep::job_timeout) return fail_late(number);
  if (suspension.next == NextStep::retry) {
    if (has_timeout) limit_attempt(number);
    return attempt(number, items, suspension.first, suspension.hops, suspension.message);
  }
  auto completing = std::move(served_.complete);
  prepare(number, items, suspension.first, suspension.message);
  served_.complete = std::move(completing);
  if (suspension.next == NextStep::routine_timeout) {
    cancel_suspended(suspension);
    fail(context_, "timeout", routine_timeout_text(number));
    return fail_activation(number, items, suspension.first, suspension.hops, suspension.message);
  }
  // In start order it may have waited long for others.
  if (table_->in_start_order && has_timeout) limit_attempt(number);
  if (attempt_.deadline_us) context_.deadline_us = std::min(deadline_us_, attempt_.deadline_us);
  if (table_->pulse) show_pulse(number);
  emissions_ = std::move(suspension.emissions);
  context_.complete = suspension.complete;
  routines_.writes().restore(suspension.writes);
  {
    const CurrentContext current(&context_);
    rest(&context_);
  }
  settle(number, items, suspension.first, suspension.hops, suspension.message);
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
  cancel_suspended(node.mapped());
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
  if (is_final()) return;
  was_cancelled_ = true;
  finish(Status::cancelled);
}

}  // namespace runnel::core
