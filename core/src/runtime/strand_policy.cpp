// Judging what lies in slots: on arrival, when a timer fires, and what a class's own policy chooses.
#include <algorithm>
#include <utility>

#include "policy/policy.hpp"
#include "runtime/strand.hpp"

namespace runnel::core {

namespace {

Value first_of(std::span<const SlotItems> slots) {
  for (const SlotItems& items : slots) {
    if (items.count) return items.items[0];
  }
  return missing();
}

}  // namespace

void Strand::judge(uint32_t number) {
  const PolicySpec& policy = flow_.routines[number].policy;
  // A class may choose a part of what lies there: what is left may do for another activation.
  while (!is_final() && slots_[number].total() && judge(number, policy) && policy.kind == PolicyKind::by_class) {
  }
}

bool Strand::judge(uint32_t number, const PolicySpec& policy) {
  uint32_t count = kEverything;
  switch (policy.kind) {
    case PolicyKind::any:
      return std::any_of(policy.any.begin(), policy.any.end(),
                         [&](const PolicySpec& part) { return judge(number, part); });
    case PolicyKind::by_class:
      return judge_by_class(number, policy);
    case PolicyKind::when:
      if (!policy_is_true(number, policy)) return false;
      break;
    case PolicyKind::time_interval: {
      const int64_t next = taken_at_[number] + policy.interval_us;
      if (taken_at_[number] && policy_time() < next) {
        judge_at(number, next);
        return false;
      }
      break;
    }
    default:
      count = items_to_take(policy, slots_[number]);
      if (count == 0) return false;
  }
  activate_queued(number, count, policy.message);
  return true;
}

bool Strand::policy_is_true(uint32_t number, const PolicySpec& policy) {
  const auto lying = slots_[number].view(kEverything);
  if (is_shared_) serve(owners_of(number, lying));
  prepare(number, lying, first_of(lying), missing());
  bool holds = false;
  if (evaluate_condition(policy.when, holds)) return holds;
  fail_judging(number, lying);
  return false;
}

// The items stay where they are.
void Strand::fail_judging(uint32_t number, std::span<const SlotItems> lying) {
  std::vector<std::vector<Value>> items;  // a job that fails takes its items out of the worker's slots
  std::vector<SlotItems> view;
  for (const SlotItems& slot : lying) {
    items.emplace_back(slot.items, slot.items + slot.count);
    view.push_back({items.back().data(), slot.count});
  }
  handle_failure(number, std::exchange(context_.failure, {}), view, 0);
}

bool Strand::judge_by_class(uint32_t number, const PolicySpec& policy) {
  const auto lying = slots_[number].view(kEverything);
  if (is_shared_) serve({});  // whose items these are would mean a look at each of them at each arrival
  prepare(number, lying, first_of(lying), missing());
  judgement_.taken.clear();
  judgement_.judge_after_us.reset();
  judgement_.lying.clear();
  for (size_t slot = 0; slot < lying.size(); ++slot) judgement_.lying.push_back(slots_[number][slot].lying());
  judgement_.now = policy_time();
  const Arena::Mark mark = job_.arena.mark();
  context_.judgement = &judgement_;
  context_.is_condition = true;
  bool is_ready = false;
  {
    const CurrentContext current(&context_);
    is_ready = routines_.ready(number, context_);
  }
  context_.is_condition = false;
  context_.judgement = nullptr;
  routines_.writes().drop();
  job_.arena.rewind(mark);
  if (context_.has_failed) {
    if (is_shared_) serve(owners_of(number, lying));
    fail_judging(number, lying);
    return false;
  }
  due_[number] = 0;
  if (judgement_.judge_after_us) judge_at(number, policy_time() + *judgement_.judge_after_us);
  if (!is_ready) return false;
  if (judgement_.taken.empty()) {
    activate_queued(number, kEverything, policy.message);
  } else {
    activate_picked(number, policy.message);
  }
  return true;
}

void Strand::activate_picked(uint32_t number, Value message) {
  SlotQueues& queues = slots_[number];
  picked_.resize(std::max(picked_.size(), queues.slots()));
  auto& taken = judgement_.taken;
  std::sort(taken.begin(), taken.end());
  taken.erase(std::unique(taken.begin(), taken.end()), taken.end());
  for (auto& items : picked_) items.clear();
  owners_.clear();
  uint32_t hops = 0;
  for (const auto& [slot, index] : taken) {
    picked_[slot].push_back(queues[slot].front()[index]);
    hops = std::max(hops, queues[slot].hops(index));
    if (is_shared_) owners_.push_back(queues[slot].owner(index));
  }
  for (auto at = taken.begin(); at != taken.end();) {
    const auto end = std::find_if(at, taken.end(), [&](const auto& one) { return one.first != at->first; });
    queues[at->first].remove({at, end});
    at = end;
  }
  picked_view_.clear();
  for (size_t slot = 0; slot < queues.slots(); ++slot) {
    picked_view_.push_back({picked_[slot].data(), static_cast<uint32_t>(picked_[slot].size())});
  }
  if (is_shared_) serve(owners_);
  activate(number, picked_view_, first_of(picked_view_), hops, message);
}

// ---- Time: the worker's monotonic clock, or under --deterministic the strand's own.

int64_t Strand::policy_time() const { return table_->in_start_order ? job_.clock.latest() : monotonic_us(); }

void Strand::judge_at(uint32_t number, int64_t time) { due_[number] = std::max<int64_t>(time, 1); }

void Strand::fire_due() {
  const int64_t now = policy_time();
  for (uint32_t number = 0; number < due_.size() && !is_final(); ++number) {
    if (due_[number] == 0 || due_[number] > now) continue;
    due_[number] = 0;
    judge(number);
  }
}

void Strand::timer_fired() {
  timer_.reset();
  if (held_ && !has_time_left()) return;
  fire_due();
  if (is_shared_) return go_on_shared();
  go_on();
}

// Virtual time goes on to what comes first: a policy that is due, or the activation that is to be resumed.
bool Strand::fire_before_resuming() {
  if (due_.empty() || suspensions_.empty() || !suspensions_.begin()->second.rest) return false;
  int64_t first = suspensions_.begin()->second.wakes_at + 1;
  for (const int64_t due : due_) {
    if (due) first = std::min(first, due);
  }
  if (first > suspensions_.begin()->second.wakes_at) return false;
  job_.clock.advance_to(first);
  fire_due();
  return true;
}

void Strand::arm_timer() {
  if (table_->in_start_order || (due_.empty() && !held_)) return;
  int64_t first = held_ ? deadline_us_ : 0;  // nothing else looks at the time of a job that waits for others
  for (const int64_t due : due_) {
    if (due && (first == 0 || due < first)) first = due;
  }
  if (timer_ && first == timer_due_) return;
  if (timer_) table_->loop->cancel(*timer_);
  timer_.reset();
  if (first == 0) return;
  timer_due_ = first;
  timer_ = table_->loop->after(first - monotonic_us(), [table = table_, this] { table->timer_due(*this); });
}

void Strand::disarm() {
  if (timer_) table_->loop->cancel(*timer_);
  timer_.reset();
  std::fill(due_.begin(), due_.end(), 0);
  std::fill(taken_at_.begin(), taken_at_.end(), 0);
}

}  // namespace runnel::core
