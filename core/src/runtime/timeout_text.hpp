// What errors say about time limits.
#pragma once

#include <cstdio>
#include <string>

#include "flow/flow.hpp"

namespace runnel::core {

inline std::string seconds_text(int64_t us) {
  char text[48];
  std::snprintf(text, sizeof text, "%.6f", static_cast<double>(us) / 1e6);
  std::string result = text;
  result.erase(result.find_last_not_of('0') + 1);
  if (result.back() == '.') result.pop_back();
  return result + " s";
}

inline std::string routine_timeout_text(const Routine& routine) {
  return "routine \"" + routine.id + "\" took longer than its timeout of " + seconds_text(routine.timeout_us);
}

inline std::string job_timeout_text(const Flow& flow) {
  return "the job took longer than its timeout of " + seconds_text(flow.limits.time_us);
}

}  // namespace runnel::core
