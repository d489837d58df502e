// One worker's own loop for what does not happen in its line of work: posted jobs, input that was waited for, timers,
// suspended activations that were finished. The only user of asio.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace runnel::core {

class EventLoop {
 public:
  using TimerId = std::pair<int64_t, uint64_t>;  // when it is due, and a number

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void post(std::function<void()> work);  // [any thread] run on the loop's thread, in the order posted
  void run();                             // until finish() and nothing is left to do
  void run_ready();                       // what can be done without waiting, for a bounded number of steps
  void run_some();                        // waits until there is something to do, then as run_ready()
  void finish();                          // [any thread] lets run() return when all work is done

  // [the loop's thread] Called in the loop when so many microseconds have passed. Timers fire in the order they are
  // due.
  TimerId after(int64_t us, std::function<void()> work);
  void cancel(TimerId);  // nothing if it has fired

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runnel::core
