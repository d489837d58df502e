// What becomes of a job after a failed activation.
#pragma once

#include <cstdint>

#include "flow/policy_spec.hpp"
#include "job/problem.hpp"

namespace runnel::core {

enum class AfterFailure : uint8_t {
  fail_job,
  dead_letter,  // the routine's `error` event
  go_on,
  skip_routine  // and it takes no further items of this job
};

// Limits always fail the job; then the connected `error` event decides, then the strategy.
inline AfterFailure after_failure(const Problem& problem, const ErrorHandlerSpec& handler, bool error_connected) {
  if (problem.is_limit()) return AfterFailure::fail_job;
  if (error_connected) return AfterFailure::dead_letter;
  switch (handler.strategy) {
    case Strategy::stop:
      return AfterFailure::fail_job;
    case Strategy::proceed:
      return AfterFailure::go_on;
    case Strategy::skip:
      return AfterFailure::skip_routine;
  }
  return AfterFailure::fail_job;
}

}  // namespace runnel::core
