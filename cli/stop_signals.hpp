// Signals and time limits of a run, turned into what its Stopper does.
#pragma once

#include <chrono>
#include <optional>
#include <runnel/batch.hpp>
#include <string>
#include <thread>

namespace runnel::cli {

struct StopTimes {
  std::chrono::microseconds grace{10'000'000};         // what is under way may take
  std::optional<std::chrono::microseconds> timeout{};  // of the whole run
  std::string timeout_text;                            // as the user gave it
  std::string how_to_go_on;                            // behind what is said at the end
};

// As long as it lives SIGINT, SIGTERM and SIGHUP come to a thread of its own; those that this process ignored stay
// ignored. Make it before other threads, for they inherit that signals are blocked.
class StopSignals {
 public:
  // Throws std::system_error.
  StopSignals(Stopper stopper, StopTimes times);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  using Clock = std::chrono::steady_clock;

  void watch();
  int next_signal();  // 0: a time has come, or it is over
  void on_signal(int signal);
  void on_time();
  void end_now();

  Stopper stopper_;
  const StopTimes times_;
  int signal_fd_ = -1;
  int over_fd_ = -1;
  int exit_code_ = 0;  // 0: nothing came yet
  int signals_ = 0;
  bool is_over_ = false;
  Clock::time_point cancel_at_ = Clock::time_point::max();
  Clock::time_point timeout_at_ = Clock::time_point::max();
  Clock::time_point end_at_ = Clock::time_point::max();
  std::thread thread_;
};

}  // namespace runnel::cli
