#include "base/tick_clock.hpp"

#include "base/clock.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace runnel::core {

namespace {

constexpr int64_t kSettingReaches = 1000;  // us
constexpr int64_t kShortestMeasure = 5000;
constexpr int64_t kLongestMeasure = 1'000'000;

#if defined(__x86_64__)
bool ticks_are_even() {  // Intel SDM, CPUID leaf 80000007H, EDX bit 8: invariant TSC
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d & (1u << 8));
}
uint64_t ticks() { return __rdtsc(); }
#else
bool ticks_are_even() { return false; }
uint64_t ticks() { return 0; }
#endif

}  // namespace

TickClock::TickClock() : even_(ticks_are_even()) {}

int64_t TickClock::set() {
  const int64_t now = wall_clock_us();
  if (!even_) return now;
  const uint64_t at = ticks();
  measure(at, monotonic_us());
  set_ticks_ = at;
  set_us_ = now;
  return now;
}

void TickClock::measure(uint64_t at, int64_t monotonic) {
  const int64_t took = monotonic - base_us_;
  if (base_ticks_ == 0 || at <= base_ticks_ || took > 10 * kLongestMeasure) {  // the first time, or after a long sleep
    base_ticks_ = at;
    base_us_ = monotonic;
    valid_ticks_ = 0;
  } else if (took >= kShortestMeasure) {
    const auto rate = static_cast<double>(took) / static_cast<double>(at - base_ticks_);
    us_per_tick_ = static_cast<uint64_t>(rate * 4294967296.0);
    valid_ticks_ = static_cast<uint64_t>(static_cast<double>(kSettingReaches) / rate);
    if (took > kLongestMeasure) {
      base_ticks_ = at;
      base_us_ = monotonic;
    }
  }
}

}  // namespace runnel::core
