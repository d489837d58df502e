#include "runtime/strand.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "policy/policy.hpp"
#include "routine/registry.hpp"
#include "value/builder.hpp"

namespace runnel::core {

namespace {

size_t most_slots(const Flow& flow) {
  size_t most = 1;
  for (const Routine& routine : flow.routines) most = std::max(most, routine.names.slots.size());
  return most;
}

bool has_time(const PolicySpec& policy) {
  return policy.kind == PolicyKind::time_interval || policy.kind == PolicyKind::by_class ||
         std::any_of(policy.any.begin(), policy.any.end(), has_time);
}

}  // namespace

Strand::Strand(const Flow& flow, RoutineSet& routines, SuspensionTable& table, const StrandOptions& options,
               bool shared)
    : flow_(flow),
      routines_(routines),
      table_(&table),
      options_(options),
      skipped_(flow.routines.size()),
      has_lying_(flow.routines.size()),
      at_once_(most_slots(flow)),
      is_shared_(shared) {
  for (const Routine& routine : flow.routines) {
    slots_.emplace_back(routine.names.slots.size());
    has_critical_ |= routine.error_handler.is_critical;
  }
  if (shared) deadline_us_ = virtual_deadline_us_ = kNoDeadline;  // its jobs have deadlines
  // An activation may overshoot before its garbage is looked at; what is live is checked after it.
  job_.arena.set_limit(shared ? SIZE_MAX : kArenaLimits * flow.limits.memory);
  if (std::any_of(flow.routines.begin(), flow.routines.end(), [&](const Routine& routine) {
        return routine.is_worker_scoped == shared && has_time(routine.policy);
      })) {
    due_.resize(flow.routines.size());
    taken_at_.resize(flow.routines.size());
  }
  job_.trace_log.set_limit(flow.limits.trace_entries);
  context_.arena = &job_.arena;
  context_.job = shared ? nullptr : &job_;
  context_.served = shared ? &served_ : nullptr;
  context_.clock = &job_.clock;
  context_.constants = &flow.constants;
  context_.expressions = &flow.expressions;
  context_.scripts = routines.scripts();
  context_.suspender = &table.suspender;
  context_.traces = options.trace_level != TraceLevel::off;
  reset();
}

void Strand::reset() {
  if (!suspensions_.empty()) drop_suspensions();  // of a job that was left in the middle
  job_.reset();
  queue_.clear();
  emissions_.clear();
  collected_.clear();
  collected_weight_ = 0;
  if (any_lying_) {
    for (uint32_t i = 0; i < slots_.size(); ++i) {
      if (has_lying_[i]) slots_[i].clear();
      has_lying_[i] = 0;
    }
    any_lying_ = false;
  }
  if (any_skipped_) {
    std::fill(skipped_.begin(), skipped_.end(), uint8_t{0});
    any_skipped_ = false;
  }
  if (ticket_) leave_shared();
  disarm();
  outstanding_ = 0;
  jitters_ = 0;
  was_cancelled_ = false;
  line_in_arena_ = false;
  compact_above_ = std::min(flow_.limits.memory, kCompactionPays);
}

void Strand::run(SlotRef slot, Value data) {
  job_.status = Status::running;
  start_clock();
  ++outstanding_;
  arrive(slot.routine, slot.slot, data, 0);
  if (!is_final()) --outstanding_;
  go_on();
}

void Strand::go_on() {
  while (!is_final()) {
    run_until_quiet();
    if (is_final()) return;
    if (table_->in_start_order && (fire_before_resuming() || resume_first())) continue;
    if (is_waiting()) return arm_timer();
    if (!flush_one()) return finish(Status::completed);
  }
}

void Strand::run_until_quiet() {
  constexpr uint32_t kBetweenReadings = 256;  // of the clock
  while (!queue_.empty() && !is_final()) {
    if (is_run_cancelled()) return cancel();
    if (++deliveries_ % kBetweenReadings == 0 && !has_time_left()) return;
    const QueuedItem item = queue_.pop();
    deliver(item);
    if (!is_final()) --outstanding_;  // after its children were counted
  }
  assert(is_final() || outstanding_ == suspensions_.size() + held_);
}

void Strand::deliver(const QueuedItem& queued) {
  const Connection& connection = flow_.connections[queued.connection];
  if (connection.when && !passes(connection, queued)) return;
  const Value item = connection.mappings.empty() ? queued.item : mapped(connection, queued.item);
  arrive(connection.to, connection.slot, item, queued.hops);
}

bool Strand::passes(const Connection& connection, const QueuedItem& queued) {
  prepare(connection.from, {}, queued.item, missing());
  bool holds = false;
  if (evaluate_condition(*connection.when, holds)) return holds;
  // The failure is the emitter's; the item it lost is the dead letter.
  const SlotItems lost{&queued.item, 1};
  handle_failure(connection.from, std::exchange(context_.failure, {}), {&lost, 1}, queued.hops);
  return false;
}

// False: the context has failed. What the condition made is given back: only its truth is kept.
bool Strand::evaluate_condition(size_t expression, bool& holds) {
  const Arena::Mark mark = job_.arena.mark();
  context_.is_condition = true;
  Value result{};
  const bool evaluated = evaluate(context_, expression_value(expression), result);
  context_.is_condition = false;
  holds = evaluated && !is_nothing(result) && (result.kind != RUNNEL_BOOL || result.as.integer);
  job_.arena.rewind(mark);
  return evaluated;
}

Value Strand::mapped(const Connection& connection, Value item) {
  std::vector<Member> members;
  for (const ParamMapping& mapping : connection.mappings) {
    const Value value = follow_path(item, mapping.source);
    members.push_back({string_view_value(mapping.target), is_missing(value) ? null_value() : value});
  }
  return make_object(job_.arena, members);
}

void Strand::arrive(uint32_t number, uint32_t slot, Value item, uint32_t hops) {
  if (is_final()) return;
  if (skipped_[number]) {
    ++job_.discarded;
    return;
  }
  const Routine& routine = flow_.routines[number];
  if (routine.is_worker_scoped) return table_->shared->accept(*this, number, slot, item, hops);
  const size_t slots = routine.names.slots.size();
  if (takes_at_once(routine.policy, slots)) {
    at_once_[slot] = {&item, 1};
    activate(number, {at_once_.data(), slots}, item, hops, routine.policy.message);
    at_once_[slot] = {};
    return;
  }
  slots_[number][slot].push(item, hops);
  if (routine.policy.kind == PolicyKind::by_class) slots_[number][slot].push_lying(policy_time());
  has_lying_[number] = 1;
  any_lying_ = true;
  judge(number);
}

void Strand::activate_queued(uint32_t number, uint32_t most, Value message) {
  SlotQueues& queues = slots_[number];
  const auto taken = queues.view(most);
  uint32_t hops = 0;
  Value first{};
  for (size_t i = 0; i < taken.size(); ++i) {
    hops = std::max(hops, queues[i].most_hops(taken[i].count));
    if (taken[i].count && is_missing(first)) first = taken[i].items[0];
  }
  if (is_shared_) serve(owners_of(number, taken));
  for (size_t i = 0; i < taken.size(); ++i) queues[i].take(taken[i].count);  // what is left lies there yet
  activate(number, taken, first, hops, message);
  queues.tidy();
}

void Strand::prepare(uint32_t number, std::span<const SlotItems> items, Value first, Value message) {
  context_.routine = &flow_.routines[number].names;
  context_.slots = items;
  context_.data = first;
  context_.policy_message = message;
  context_.emissions = &emissions_;
  context_.complete.reset();
  context_.state = &routines_.state_of(number);
  context_.activation = routines_.next_activation();
  context_.deadline_us = deadline_us_;
  context_.is_out_of_time = false;
  context_.has_failed = false;
  if (is_shared_) {
    served_.target = kAllJobs;
    served_.complete.clear();
  }
  if (context_.suspend.id) context_.suspend = {};
}

void Strand::activate(uint32_t number, std::span<const SlotItems> items, Value first, uint32_t hops, Value message) {
  if (!taken_at_.empty()) taken_at_[number] = policy_time();
  begin_attempt(number);
  attempt(number, items, first, hops, message);
}

void Strand::attempt(uint32_t number, std::span<const SlotItems> items, Value first, uint32_t hops, Value message) {
  if (options_.trace_level >= TraceLevel::flow) trace_activated(number, items, message);
  prepare(number, items, first, message);
  if (attempt_.deadline_us) context_.deadline_us = std::min(deadline_us_, attempt_.deadline_us);
  if (table_->pulse) show_pulse(number);
  {
    const CurrentContext current(&context_);
    routines_.activate(number, context_);
  }
  settle(number, items, first, hops, message);
}

void Strand::settle(uint32_t number, std::span<const SlotItems> items, Value first, uint32_t hops, Value message) {
  if (!context_.has_failed && job_.arena.exhausted()) check_memory(context_);
  if (attempt_.deadline_us) check_return();
  if (context_.has_failed) {
    fail_activation(number, items, first, hops, message);
  } else if (context_.suspend.id) {
    keep_suspended(number, items, first, hops, message);
  } else {
    commit(number, hops);
  }
  if (job_.arena.used() > compact_above_ && !is_final()) keep_memory_bounded(number);
}

void Strand::commit(uint32_t number, uint32_t hops) {
  if (is_shared_) return commit_served(number, hops);
  if (context_.complete) {
    routines_.writes().commit();
    return complete_job(number);
  }
  for (size_t i = 0; i < emissions_.size() && !is_final(); ++i) {
    const Emission& emission = emissions_[i];
    enqueue(number, emission.event, emission.item, hops + 1);
  }
  emissions_.clear();
  if (is_final()) {  // an item too many: no counter runs ahead
    routines_.writes().drop();
  } else {
    routines_.writes().commit();
  }
}

void Strand::collect(uint32_t number, Value item) {
  collected_.push_back(item);
  collected_weight_ += weight_of(item);
  if (collected_weight_ > flow_.limits.memory) fail_job(memory_problem(number));
}

void Strand::enqueue(uint32_t number, uint32_t event, Value item, uint32_t hops) {
  const Routine& routine = flow_.routines[number];
  if (options_.trace_level >= TraceLevel::flow) trace_emitted(number, event, item);
  if (options_.collect && options_.collect_routine == number && options_.collect_event == event) {
    collect(number, item);
    if (is_final()) return;
  }
  // One item for each connection: what bounds the queue.
  job_.emits += std::max<size_t>(1, routine.connections[event].size());
  if (job_.emits > flow_.limits.emits) {
    return fail_job({"limit.emits", "the job emitted more than " + std::to_string(flow_.limits.emits) + " items",
                     routine.id, 1, routine.place.text(), ""});
  }
  for (const uint32_t connection : routine.connections[event]) {
    if (hops > flow_.limits.hops) {
      return fail_job({"limit.hops",
                       "an item went through more than " + std::to_string(flow_.limits.hops) + " connections",
                       routine.id, 1, flow_.connections[connection].place.text(), ""});
    }
    ++outstanding_;
    queue_.push(item, connection, hops);
  }
}

}  // namespace runnel::core
