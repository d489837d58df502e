// What a Stopper was asked for, and the run that is to be told.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>

#include "runnel/stopper.hpp"

namespace runnel::core {

class StopState {
 public:
  struct Run {
    std::function<void(std::string why)> end;  // admits no more jobs
    std::function<void()> wake;                // workers look whether the run is cancelled
    std::function<Stopper::Progress()> freeze;
  };

  void drain(int exit_code, std::string why);
  void cancel();
  Stopper::Progress freeze();

  void attach(Run);  // told at once what was asked for before
  void detach();     // afterwards nothing of the run is called
  const std::atomic<bool>& cancelled() const { return cancelled_; }
  int exit_code() const;  // 0: no stop was asked for
  std::string why() const;

 private:
  mutable std::mutex mutex_;
  Run run_;
  int exit_code_ = 0;
  std::string why_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace runnel::core
