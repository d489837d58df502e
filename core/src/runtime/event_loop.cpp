#include "runtime/event_loop.hpp"

#include <algorithm>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <map>

#include "base/clock.hpp"

namespace runnel::core {

// Timers stand in a map of our own behind one timer of the system: 100,000 of them are an ordinary case.
struct EventLoop::Impl {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard = asio::make_work_guard(context);
  asio::steady_timer timer{context};
  std::map<TimerId, std::function<void()>> timers;
  uint64_t latest = 0;
  int64_t armed_for = 0;  // due time the system's timer is set to; 0: it is not

  void arm() {
    if (timers.empty()) {
      if (armed_for) timer.cancel();
      armed_for = 0;
      return;
    }
    const int64_t due = timers.begin()->first.first;
    if (due == armed_for) return;
    armed_for = due;
    timer.expires_after(std::chrono::microseconds(std::max<int64_t>(0, due - monotonic_us())));
    timer.async_wait([this](const asio::error_code& error) {
      if (!error) fire();
    });
  }

  void fire() {
    armed_for = 0;
    const int64_t now = monotonic_us();
    const uint64_t newest = latest;  // those made meanwhile wait for the next round
    while (!timers.empty() && timers.begin()->first.first <= now && timers.begin()->first.second <= newest) {
      auto timer_node = timers.extract(timers.begin());
      timer_node.mapped()();
    }
    arm();
  }
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::post(std::function<void()> work) { asio::post(impl_->context, std::move(work)); }
void EventLoop::run() { impl_->context.run(); }
void EventLoop::run_ready() {
  // Work that makes new work each time must not keep the worker from its input.
  constexpr int kMost = 64;
  for (int i = 0; i < kMost && impl_->context.poll_one(); ++i) {
  }
}
void EventLoop::run_some() {
  if (impl_->context.run_one()) run_ready();
}
void EventLoop::finish() {
  asio::post(impl_->context, [this] { impl_->guard.reset(); });
}

EventLoop::TimerId EventLoop::after(int64_t us, std::function<void()> work) {
  constexpr int64_t kLongest = int64_t{1} << 52;  // 142 years: the sum below stays in range
  const TimerId id{monotonic_us() + std::clamp<int64_t>(us, 0, kLongest), ++impl_->latest};
  impl_->timers.emplace(id, std::move(work));
  impl_->arm();
  return id;
}

void EventLoop::cancel(TimerId id) {
  if (impl_->timers.erase(id)) impl_->arm();
}

}  // namespace runnel::core
