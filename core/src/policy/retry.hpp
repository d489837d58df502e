// Whether a failed activation is tried again, and after what time.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "flow/policy_spec.hpp"
#include "job/problem.hpp"

namespace runnel::core {

inline bool names_code(const std::vector<std::string>& codes, std::string_view code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

// attempt: the one that failed, from 1. Limits are never retried.
inline bool may_retry(const RetrySpec& spec, const Problem& problem, uint32_t attempt) {
  if (problem.is_limit() || attempt > spec.max_retries || names_code(spec.no_retry_on, problem.code)) return false;
  return !spec.retry_on || names_code(*spec.retry_on, problem.code);
}

// Microseconds after this attempt. chance: from [0, 1), for jitter.
inline int64_t delay_after(const RetrySpec& spec, uint32_t attempt, double chance) {
  constexpr double kLongest = 1e15;  // 31 years
  double delay = spec.delay_us * std::pow(spec.backoff, attempt - 1);
  delay = std::min({delay, spec.max_delay_us.value_or(kLongest), kLongest});  // the delay may be infinite
  if (spec.jitter == Jitter::full) delay *= chance;
  if (spec.jitter == Jitter::equal) delay = delay / 2 + delay / 2 * chance;
  return std::llround(delay);
}

}  // namespace runnel::core
