#include "embed/stop_state.hpp"

#include <utility>

#include "runnel/batch.hpp"

namespace runnel::core {

void StopState::drain(int exit_code, std::string why) {
  const std::lock_guard lock(mutex_);
  // A signal is stronger than a time limit, whichever came first.
  if (exit_code_ == 0 || (exit_code_ == kTimeoutExit && exit_code != kTimeoutExit)) {
    exit_code_ = exit_code;
    why_ = std::move(why);
  }
  if (run_.end) run_.end(why_);
}

void StopState::cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_.store(true, std::memory_order_relaxed);
  if (run_.end) run_.end(why_.empty() ? "cancelled" : why_);
  if (run_.wake) run_.wake();
}

Stopper::Progress StopState::freeze() {
  const std::lock_guard lock(mutex_);
  if (run_.freeze) return run_.freeze();
  Stopper::Progress nothing;
  nothing.at_line_end = true;
  return nothing;
}

void StopState::attach(Run run) {
  const std::lock_guard lock(mutex_);
  run_ = std::move(run);
  const bool is_cancelled = cancelled_.load(std::memory_order_relaxed);
  if (exit_code_ || is_cancelled) run_.end(why_.empty() ? "cancelled" : why_);
}

void StopState::detach() {
  const std::lock_guard lock(mutex_);
  run_ = {};
}

int StopState::exit_code() const {
  const std::lock_guard lock(mutex_);
  return exit_code_;
}

std::string StopState::why() const {
  const std::lock_guard lock(mutex_);
  return why_;
}

}  // namespace runnel::core

namespace runnel {

Stopper::Stopper() : state_(std::make_shared<core::StopState>()) {}
void Stopper::drain(int exit_code, std::string why) { state_->drain(exit_code, std::move(why)); }
void Stopper::cancel() { state_->cancel(); }
Stopper::Progress Stopper::freeze() { return state_->freeze(); }

}  // namespace runnel
