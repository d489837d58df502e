// One worker's own loop for what does not happen in its line of work: posted jobs now; timers, children and suspended
// activations have their place here. The only user of asio.
#pragma once

#include <functional>
#include <memory>

namespace runnel::core {

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void post(std::function<void()> work);  // [any thread] run on the loop's thread, in the order posted
  void run();                             // until finish() and nothing is left to do
  void run_ready();                       // what can be done without waiting
  void finish();                          // [any thread] lets run() return when all work is done

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runnel::core
