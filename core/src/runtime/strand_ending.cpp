// How a job ends: failures and their handlers, complete(), flush, and what is dropped.
#include <algorithm>
#include <utility>

#include "policy/error_handler.hpp"
#include "policy/policy.hpp"
#include "runtime/strand.hpp"
#include "value/builder.hpp"
#include "value/writer.hpp"

namespace runnel::core {

namespace {

constexpr std::string_view kFlushReason = "flush";

uint32_t most_hops(SlotQueues& queues, std::span<const SlotItems> lying) {
  uint32_t hops = 0;
  for (size_t i = 0; i < lying.size(); ++i) hops = std::max(hops, queues[i].most_hops(lying[i].count));
  return hops;
}

}  // namespace

void Strand::handle_failure(uint32_t number, Problem&& problem, std::span<const SlotItems> items, uint32_t hops) {
  if (is_shared_) return fail_served(number, problem, items, hops);
  const Routine& routine = flow_.routines[number];
  if (context_.is_out_of_time) return fail_late(number);  // in a condition
  problem.routine_id = routine.id;
  if (problem.location.empty()) problem.location = routine.place.text();
  trace_error(number, problem);

  switch (after_failure(problem, routine.error_handler, routine.has_error_connection())) {
    case AfterFailure::fail_job:
      return fail_job(std::move(problem));
    case AfterFailure::dead_letter: {
      const Value letter = dead_letter(number, problem, items);
      if (height_of(letter) > kMaxDepth) {  // a letter about a letter about ...
        return fail_job({"limit.depth", "a dead letter is nested deeper than " + std::to_string(kMaxDepth) + " levels",
                         routine.id, 1, routine.place.text(), problem.message});
      }
      job_.add_error(std::move(problem));
      return enqueue(number, routine.error_event(), letter, hops + 1);
    }
    case AfterFailure::skip_routine:
      skipped_[number] = 1;
      any_skipped_ = true;
      discard_slots(number);
      [[fallthrough]];
    case AfterFailure::go_on:
      job_.add_error(std::move(problem));
  }
}

// {error, input: {slot: [items]}}
Value Strand::dead_letter(uint32_t number, const Problem& problem, std::span<const SlotItems> items) {
  const RoutineNames& names = flow_.routines[number].names;
  std::vector<Member> input;
  for (size_t slot = 0; slot < items.size(); ++slot) {
    if (items[slot].count == 0) continue;
    const std::string_view name = slot < names.slots.size() ? std::string_view(names.slots[slot]) : "item";
    input.push_back({string_view_value(name), make_array(job_.arena, {items[slot].items, items[slot].count})});
  }
  const Member members[] = {{literal("error"), problem_value(job_.arena, problem)},
                            {literal("input"), make_object(job_.arena, input)}};
  return make_object(job_.arena, members);
}

void Strand::fail_job(Problem&& problem) {
  if (has_critical_) {
    const Routine* const routine = flow_.find(problem.routine_id);
    job_.is_critical = routine && routine->error_handler.is_critical;
  }
  job_.error_detail = std::move(problem);
  job_.error = string_view_value(job_.error_detail->message);  // the arena may be exhausted
  finish(Status::failed);
}

void Strand::condemn(const Verdict& verdict) {
  const Routine* const routine = verdict.routine < flow_.routines.size() ? &flow_.routines[verdict.routine] : nullptr;
  if (verdict.created_at && !table_->in_start_order) job_.created_at = std::min(verdict.created_at, job_.created_at);
  Problem problem{verdict.code, verdict.message, "", 1, "", verdict.cause};
  if (routine) {
    problem.routine_id = routine->id;
    problem.location = routine->place.text();
    trace_error(verdict.routine, problem);
  }
  fail_job(std::move(problem));
}

void Strand::complete_job(uint32_t number) {
  const auto [status, error] = *context_.complete;
  const Routine& routine = flow_.routines[number];
  for (const Emission& emission : emissions_) job_.discarded += routine.connections[emission.event].size();
  emissions_.clear();
  if (error.kind == RUNNEL_STRING || is_nothing(error)) {
    job_.error = is_nothing(error) ? null_value() : error;
  } else {
    job_.error = make_string(job_.arena, to_json(error));
  }
  if (status == Status::failed) {
    if (is_nothing(job_.error))
      job_.error = make_string(job_.arena, "completed as failed by routine \"" + routine.id + "\"");
    job_.error_detail = Problem{"job.complete", to_std_string(job_.error), routine.id, 1, routine.place.text(), ""};
  }
  finish(status);
}

void Strand::finish(Status status) {
  job_.completed_at = job_.clock.now();
  // A native routine may have taken all the time; the wall clock only says where to look.
  const bool may_be_late = job_.completed_at - job_.created_at >= flow_.limits.time_us && !table_->in_start_order;
  if (status == Status::completed && may_be_late && !has_time_left()) return;
  job_.status = status;
  job_.discarded += queue_.size();
  queue_.clear();
  emissions_.clear();
  outstanding_ = 0;
  if (!suspensions_.empty()) drop_suspensions();
  if (ticket_) leave_shared();
  disarm();
  if (!any_lying_) return;
  for (uint32_t i = 0; i < slots_.size(); ++i) {
    if (has_lying_[i]) discard_slots(i);
  }
}

void Strand::discard_slots(uint32_t number) {
  job_.discarded += slots_[number].total();
  slots_[number].clear();
}

bool Strand::flush_one() {
  if (!any_lying_) return false;
  for (const uint32_t number : flow_.flush_order) {
    if (has_lying_[number] && slots_[number].total()) {
      flush(number, kFlushReason);
      return true;
    }
  }
  return false;
}

void Strand::flush(uint32_t number, std::string_view reason) {
  const Routine& routine = flow_.routines[number];
  SlotQueues& queues = slots_[number];
  if (routine.on_flush == OnFlush::activate) {
    const Member message[] = {{literal("reason"), literal(reason)}};
    return activate_queued(number, kEverything, make_object(job_.arena, message));
  }
  if (routine.on_flush == OnFlush::fail) {
    const auto lying = queues.view(kEverything);
    const char* end =
        is_shared_ ? " items were left in the worker's slots" : " items were left in the slots at the end of the job";
    Problem unconsumed{"unconsumed", std::to_string(queues.total()) + end, "", 1, "", ""};
    if (is_shared_) {
      serve(owners_of(number, lying));
      for (size_t i = 0; i < lying.size(); ++i) queues[i].take(lying[i].count);
      handle_failure(number, std::move(unconsumed), lying, 0);
      queues.tidy();
      return release_served();
    }
    handle_failure(number, std::move(unconsumed), lying, most_hops(queues, lying));
    if (!is_final() && !routine.has_error_connection())
      job_.discarded += queues.total();  // else they are in the letter
    queues.clear();
    return;
  }
  if (is_shared_) return discard_served(number);
  std::vector<Member> counts;
  for (size_t i = 0; i < queues.slots(); ++i) {
    if (queues[i].size()) counts.push_back({string_view_value(routine.names.slots[i]), make_int(queues[i].size())});
  }
  trace(number, literal("unconsumed"), make_object(job_.arena, counts));
  discard_slots(number);
}

}  // namespace runnel::core
