// --rate: jobs are admitted at even distances, so many a second.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace runnel::core {

class Pace {
 public:
  explicit Pace(double jobs_per_second) : distance_us_(1e6 / jobs_per_second) {}

  // Waits until a job may be admitted and says how many may; 0 after stop(). One thread at a time.
  uint64_t wait();
  void admit(uint64_t jobs) { due_ += static_cast<double>(jobs) * distance_us_; }
  void stop();  // [any thread]

 private:
  const double distance_us_;
  double due_ = 0;  // of the next job; monotonic microseconds; 0: none was admitted yet
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
};

}  // namespace runnel::core
