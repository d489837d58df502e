#include "embed/input_waiter.hpp"

namespace runnel::core {

InputWaiter::~InputWaiter() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool InputWaiter::take(uint32_t most_lines) {
  if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
  answered_ = false;
  is_taking_ = true;
  {
    const std::lock_guard lock(mutex_);
    asked_lines_ = most_lines;
    is_serving_ = true;
  }
  changed_.notify_all();
  while (!answered_) loop_.run_some();
  is_taking_ = false;
  const std::lock_guard lock(mutex_);
  if (problem_) std::rethrow_exception(std::exchange(problem_, nullptr));
  return taken_;
}

bool InputWaiter::take_from_lost() {
  if (!is_taking_) return false;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !is_serving_; });
  return taken_ && !problem_;
}

void InputWaiter::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return over_ || asked_lines_; });
    if (over_) return;
    const uint32_t lines = std::exchange(asked_lines_, 0);
    lock.unlock();  // the worker does not touch what is taken until it is answered
    bool taken = false;
    std::exception_ptr problem;
    try {
      taken = take_(lines);
    } catch (...) {
      problem = std::current_exception();
    }
    lock.lock();
    taken_ = taken;
    problem_ = problem;
    is_serving_ = false;
    changed_.notify_all();
    loop_.post([this] { answered_ = true; });
  }
}

}  // namespace runnel::core
