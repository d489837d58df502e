#include "embed/stop_rules.hpp"

#include <cstdio>
#include <string>

namespace runnel::core {
namespace {

std::string percent_text(double percent) {
  char text[32];
  std::snprintf(text, sizeof text, "%g%%", percent);
  return text;
}

}  // namespace

void StopRules::count(const JobCounts& delta) {
  if (limits_.stop_at_bad_input && delta.bad_input) feed_.end("--bad-input fail: a line of the input is bad");
  const uint64_t ended = delta.completed + delta.failed + delta.cancelled;
  const uint64_t finished = finished_.fetch_add(ended, std::memory_order_relaxed) + ended;
  const uint64_t failed = failed_.fetch_add(delta.failed, std::memory_order_relaxed) + delta.failed;
  if (failed == 0) return;
  if (limits_.fail_fast) feed_.end("--fail-fast: a job failed");
  if (limits_.max_failures && failed > *limits_.max_failures) {
    feed_.end("--max-failures " + std::to_string(*limits_.max_failures) + ": " + std::to_string(failed) +
              (failed == 1 ? " job" : " jobs") + " failed");
  }
  if (!limits_.max_percent) return;
  if (finished<kFirstJudged&& * limits_.max_percent> 0) return;
  if (static_cast<double>(failed) * 100 <= *limits_.max_percent * static_cast<double>(finished)) return;
  feed_.end("--max-failures " + percent_text(*limits_.max_percent) + ": " + std::to_string(failed) + " of " +
            std::to_string(finished) + " jobs failed");
}

}  // namespace runnel::core
