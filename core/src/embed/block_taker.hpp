// Takes a worker's next block of input on a thread of its own, for one who has other things to wait for, too.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace runnel::core {

class BlockTaker {
 public:
  enum class State : uint8_t { idle, taking, taken, ended };

  // take: waits for a block; false: there is none any more. tell: called after it. Both on this thread. It ends when
  // take gives false, or nothing is asked for when this is destroyed. Throws std::system_error.
  BlockTaker(std::function<bool(uint32_t most_lines)> take, std::function<void()> tell)
      : take_(std::move(take)), tell_(std::move(tell)), thread_([this] { serve(); }) {}
  ~BlockTaker() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  BlockTaker(const BlockTaker&) = delete;
  BlockTaker& operator=(const BlockTaker&) = delete;

  State state() const {
    const std::lock_guard lock(mutex_);
    if (problem_) std::rethrow_exception(problem_);
    return state_;
  }
  void take_over() {  // what was taken
    const std::lock_guard lock(mutex_);
    state_ = State::idle;
  }
  // When idle.
  void ask(uint32_t most_lines) {
    {
      const std::lock_guard lock(mutex_);
      state_ = State::taking;
      lines_ = most_lines;
    }
    changed_.notify_all();
  }

 private:
  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return over_ || state_ == State::taking; });
      if (over_) return;
      lock.unlock();
      bool taken = false;
      std::exception_ptr problem;
      try {
        taken = take_(lines_);
      } catch (...) {
        problem = std::current_exception();
      }
      lock.lock();
      state_ = taken ? State::taken : State::ended;
      problem_ = problem;
      tell_();
      if (!taken) return;
    }
  }

  const std::function<bool(uint32_t)> take_;
  const std::function<void()> tell_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::idle;
  uint32_t lines_ = 0;
  bool over_ = false;
  std::exception_ptr problem_;
  std::thread thread_;
};

}  // namespace runnel::core
