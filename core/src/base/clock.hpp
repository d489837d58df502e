// Wall-clock time as int64 microseconds since 1970-01-01T00:00:00Z, and its text.
#pragma once

#include <cstdint>
#include <string>

#include "base/tick_clock.hpp"

namespace runnel::core {

int64_t wall_clock_us();
int64_t monotonic_us();
int64_t coarse_monotonic_us();  // the same up to kCoarseStep earlier, for a fraction of the cost
int64_t thread_cpu_us();        // time this thread has computed

constexpr int64_t kCoarseStep = 10'000;  // us: one tick of a kernel at 100 Hz

// The clock of one job. Wall time, never running back within the job; or, for --deterministic, a time of its own that
// starts at 2000-01-01T00:00:00Z + ordinal seconds and goes on by 1 us each reading.
class JobClock {
 public:
  JobClock() = default;
  explicit JobClock(TickClock& ticks) : ticks_(&ticks) {}  // which outlives it
  static JobClock virtual_for(uint64_t ordinal);

  int64_t now() {
    if (virtual_) return ++last_ - 1;
    const int64_t time = ticks_ ? ticks_->now_us() : wall_clock_us();
    if (time > last_) last_ = time;
    return last_;
  }

  int64_t latest() const { return last_; }
  // Virtual time only: the time so much later, and going on there without waiting.
  int64_t later(int64_t us) const { return us > INT64_MAX - last_ ? INT64_MAX : last_ + us; }
  void advance_to(int64_t time) {
    if (virtual_ && time > last_) last_ = time;
  }

 private:
  TickClock* ticks_ = nullptr;
  int64_t last_ = 0;
  bool virtual_ = false;
};

constexpr size_t kTimeTextSize = 27;

// Writes "2024-01-01T10:00:00.000000Z" and returns the end; the text of the second is kept for the next call.
class TimeWriter {
 public:
  char* write(char* out, int64_t time_us);
  std::string text(int64_t time_us);

 private:
  void keep_second(int64_t second);

  uint64_t second_us_ = 0;  // start of the second whose text is kept
  char cached_[20] = {};
};

}  // namespace runnel::core
