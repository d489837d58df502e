// Waits for a block of input on a thread of its own, so that a worker can go on with jobs that were suspended.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "runtime/event_loop.hpp"

namespace runnel::core {

// One worker's. Its thread starts when it is needed first.
class InputWaiter {
 public:
  // take: waits for a block of at most so many lines; false: there is none. Called on the thread of this.
  InputWaiter(EventLoop& loop, std::function<bool(uint32_t most_lines)> take) : loop_(loop), take_(std::move(take)) {}
  ~InputWaiter();
  InputWaiter(const InputWaiter&) = delete;
  InputWaiter& operator=(const InputWaiter&) = delete;

  // What it gives; runs the worker's loop meanwhile.
  bool take(uint32_t most_lines);
  // [watchdog] The worker will never come back to take(): whether it was about to get something. After LineFeed::end().
  bool take_from_lost();

 private:
  void serve();

  EventLoop& loop_;
  const std::function<bool(uint32_t)> take_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;
  uint32_t asked_lines_ = 0;  // 0: nothing is asked for
  bool is_serving_ = false;
  bool is_taking_ = false;  // the worker's alone
  bool over_ = false;
  bool taken_ = false;
  std::exception_ptr problem_;
  bool answered_ = false;  // set in the loop: the worker's alone
};

}  // namespace runnel::core
