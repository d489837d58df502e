// Ends a batch from outside: what a signal, a time limit or the user of a window asks for. The library installs no
// signal handlers; whoever does calls these from a thread, never from a handler.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace runnel {

namespace core {
class StopState;
}

// Cheap to copy; all copies are one. For one run_batch() after the other; once it was used, later runs end at once.
class Stopper {
 public:
  Stopper();

  // [any thread] No more jobs are admitted, those under way go on. exit_code and why become the result's, unless a
  // stop was asked for before.
  void drain(int exit_code, std::string why);
  // [any thread] What is admitted and not finished is cancelled: what waits at once, a script at its next few thousand
  // instructions, a job in a native routine when that returns.
  void cancel();

  struct Progress {
    uint64_t admitted = 0;     // jobs
    uint64_t written = 0;      // of them, those whose output is written
    bool at_line_end = false;  // nothing is written any more, and the last line is whole
  };
  // [any thread] For a program that is about to _exit(): keeps any further line from being written. While a line is
  // being written at_line_end is false: call it again.
  Progress freeze();

  const std::shared_ptr<core::StopState>& state() const { return state_; }

 private:
  std::shared_ptr<core::StopState> state_;
};

}  // namespace runnel
