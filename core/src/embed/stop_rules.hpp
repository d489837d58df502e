// When failed jobs end a run: --fail-fast, --max-failures, --bad-input fail.
#pragma once

#include <atomic>
#include <cstdint>

#include "embed/line_feed.hpp"
#include "runnel/batch.hpp"

namespace runnel::core {

class StopRules {
 public:
  // A share of the finished jobs says little before so many of them are finished; 0% is clear at the first failure.
  static constexpr uint64_t kFirstJudged = 100;

  StopRules(const StopLimits& limits, LineFeed& feed) : limits_(limits), feed_(feed) {}

  // False: count() need not be called.
  bool any() const {
    return limits_.fail_fast || limits_.stop_at_bad_input || limits_.max_failures || limits_.max_percent;
  }
  // [any thread] So many more jobs are finished. Ends admission where that is too many failures.
  void count(const JobCounts& delta);

 private:
  const StopLimits limits_;
  LineFeed& feed_;
  std::atomic<uint64_t> finished_{0};
  std::atomic<uint64_t> failed_{0};
};

}  // namespace runnel::core
