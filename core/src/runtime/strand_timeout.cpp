// Time limits of jobs and routines: scripts end themselves at the context's deadline, what is suspended is ended by a
// timer, and between activations the clock is read now and then.
#include <algorithm>
#include <utility>

#include "base/clock.hpp"
#include "runtime/strand.hpp"
#include "runtime/timeout_text.hpp"

namespace runnel::core {

void Strand::start_clock() {
  deadline_us_ = coarse_monotonic_us() + kCoarseStep + flow_.limits.time_us;
  if (table_->in_start_order) virtual_deadline_us_ = job_.clock.later(flow_.limits.time_us);
  deliveries_ = 0;
  if (table_->pulse) table_->pulse->begin(job_, deadline_us_);
}

// Every attempt has the whole time.
void Strand::limit_attempt(uint32_t number) {
  const int64_t timeout = flow_.routines[number].timeout_us;
  is_first_attempt_ = false;
  attempt_.deadline_us = monotonic_us() + timeout;
  if (table_->in_start_order) attempt_.virtual_deadline_us = job_.clock.later(timeout);
}

// The jobs that an activation serves have their own times; a watchdog gives it what one of them may take.
void Strand::show_pulse(uint32_t number) {
  const int64_t deadline =
      is_shared_ ? std::min(context_.deadline_us, monotonic_us() + flow_.limits.time_us) : context_.deadline_us;
  table_->pulse->enter(number, deadline, is_shared_);
}

bool Strand::has_time_left(std::optional<uint32_t> number) {
  if (!is_run_cancelled() && monotonic_us() < deadline_us_) return true;
  fail_late(number);
  return false;
}

bool Strand::has_time_left_for(const Suspension& suspension) {
  if (!is_run_cancelled() && monotonic_us() < deadline_us_) return true;
  attempt_ = suspension.attempt;
  is_first_attempt_ = false;
  fail_late(suspension.routine);
  return false;
}

void Strand::fail_late(std::optional<uint32_t> number) {
  if (is_run_cancelled()) return cancel();
  Problem problem{"timeout", job_timeout_text(flow_), "", 1, "", ""};
  if (number) {
    problem.location = flow_.routines[*number].place.text();
    problem.cause = causes_of(attempt_, "");  // it may have waited to try again
    trace_error(*number, problem);
  }
  fail_job(std::move(problem));
  if (number) job_.error_detail->routine_id = flow_.routines[*number].id;  // it ran then, but the error is the job's
}

std::string Strand::routine_timeout_text(uint32_t number) const {
  return core::routine_timeout_text(flow_.routines[number]);
}

// It could not be stopped, but what it did never happened.
void Strand::check_return() {
  if (context_.has_failed || monotonic_us() < attempt_.deadline_us) return;
  fail(context_, "timeout", "");
  context_.is_out_of_time = true;
}

// When the activation is taken up again, or its time is over.
void Strand::arm(uint64_t id, Suspension& kept, int64_t delay_us, Continuation rest, bool is_shared) {
  const bool has_deadline = kept.next == NextStep::rest && kept.attempt.deadline_us;  // a back-off takes its time
  if (table_->in_start_order && !is_shared) {                                         // time of its own: nobody waits
    kept.rest = std::move(rest);
    kept.wakes_at = job_.clock.later(delay_us);
    if (has_deadline && kept.wakes_at > kept.attempt.virtual_deadline_us) {
      kept.wakes_at = kept.attempt.virtual_deadline_us;
      kept.next = NextStep::routine_timeout;
    }
    if (kept.wakes_at > virtual_deadline_us_) {
      kept.wakes_at = virtual_deadline_us_;
      kept.next = NextStep::job_timeout;
    }
    return;
  }
  const int64_t left = time_left(kept);
  if (delay_us > left) return arm_deadline(id, kept);
  auto kept_rest = std::make_shared<Continuation>(std::move(rest));
  kept.timer =
      table_->loop->after(delay_us, [table = table_, id, kept_rest] { table->wake(id, std::move(*kept_rest)); });
}

int64_t Strand::time_left(const Suspension& kept) const {
  int64_t deadline = deadline_us_;
  if (kept.next == NextStep::rest && kept.attempt.deadline_us) deadline = std::min(deadline, kept.attempt.deadline_us);
  return deadline - monotonic_us();
}

void Strand::arm_deadline(uint64_t id, Suspension& kept) {
  kept.timer = table_->loop->after(time_left(kept), [table = table_, id] { table->time_out(id); });
}

void Strand::time_out(uint64_t id) {
  Suspension& suspension = suspensions_.at(id);
  if (!has_time_left_for(suspension)) return;
  suspension.next = NextStep::routine_timeout;
  if (table_->in_start_order) {
    cancel_suspended(suspension);
    suspension.rest.emplace();  // what comes later is too late
  } else {
    resume(id, Continuation());
  }
  if (is_shared_) return go_on_shared();
  go_on();
}

void Strand::cancel_suspended(Suspension& suspension) {
  const Cancellation cancel = std::move(suspension.cancel);
  try {
    cancel();
  } catch (...) {  // it is over, whatever its routine makes of that
  }
}

}  // namespace runnel::core
