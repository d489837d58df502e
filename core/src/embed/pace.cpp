#include "embed/pace.hpp"

#include <algorithm>
#include <chrono>

#include "base/clock.hpp"

namespace runnel::core {
namespace {

constexpr double kMostLateUs = 10'000;  // what may be made up for: a timer's delay, not an input that paused
constexpr double kLongestWaitUs = 3.6e9;

}  // namespace

uint64_t Pace::wait() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (stopped_) return 0;
    const auto now = static_cast<double>(monotonic_us());
    due_ = std::max(due_, now - kMostLateUs);
    if (due_ <= now) return 1 + static_cast<uint64_t>((now - due_) / distance_us_);
    const double left = std::min(due_ - now, kLongestWaitUs);
    changed_.wait_for(lock, std::chrono::microseconds(static_cast<int64_t>(left) + 1));
  }
}

void Pace::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace runnel::core
