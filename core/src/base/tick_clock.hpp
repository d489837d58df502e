// Wall-clock time read from the processor's tick counter: a job takes nine readings, and clock_gettime would be a tenth
// of its cost. Set by the system's clocks once a millisecond; where ticks do not run evenly, every reading is the
// system's.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace runnel::core {

// One per thread. May step back by a few microseconds when it is set; JobClock evens that out.
class TickClock {
 public:
  TickClock();

  int64_t now_us() {
#if defined(__x86_64__)
    const uint64_t passed = __rdtsc() - set_ticks_;
    if (passed < valid_ticks_) return set_us_ + static_cast<int64_t>(passed * us_per_tick_ >> 32);
#endif
    return set();
  }

 private:
  int64_t set();
  void measure(uint64_t ticks, int64_t monotonic);

  uint64_t set_ticks_ = 0;
  int64_t set_us_ = 0;
  uint64_t valid_ticks_ = 0;  // how far a setting reaches; 0: the rate is not known yet
  uint64_t us_per_tick_ = 0;  // times 2^32
  uint64_t base_ticks_ = 0;   // where the measurement of the rate began
  int64_t base_us_ = 0;
  bool even_ = false;  // ticks run evenly, whatever the processor's speed
};

}  // namespace runnel::core
