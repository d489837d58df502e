// Waits for a block of input on a thread of its own, so that a worker can go on with jobs that were suspended.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>

#include "embed/line_feed.hpp"
#include "runtime/event_loop.hpp"

namespace runnel::core {

// One worker's. Its thread starts when it is needed first.
class InputWaiter {
 public:
  InputWaiter(LineFeed& feed, EventLoop& loop) : feed_(feed), loop_(loop) {}
  ~InputWaiter();
  InputWaiter(const InputWaiter&) = delete;
  InputWaiter& operator=(const InputWaiter&) = delete;

  // As LineFeed::take; runs the worker's loop meanwhile.
  bool take(Block&, uint32_t most_lines);
  // [watchdog] The worker will never come back to take(): what it was about to get. After LineFeed::end().
  bool take_from_lost(Block&);

 private:
  void serve();

  LineFeed& feed_;
  EventLoop& loop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;
  uint32_t asked_lines_ = 0;  // 0: nothing is asked for
  bool is_serving_ = false;
  bool is_taking_ = false;  // the worker's alone
  bool over_ = false;
  Block block_;
  bool taken_ = false;
  std::exception_ptr problem_;
  bool answered_ = false;  // set in the loop: the worker's alone
};

}  // namespace runnel::core
