// What one worker of a batch has done.
#pragma once

#include <cstdint>

#include "runnel/job_counts.hpp"

namespace runnel::core {

struct WorkerTotals {
  JobCounts counts;
  JobCounts again;          // of them, those whose record was there already
  uint64_t unfinished = 0;  // cancelled because the run was stopped
  uint64_t written = 0;     // records
  uint64_t failed_selects = 0;
  uint64_t late_finishes = 0;  // suspended activations that were finished twice or after their job's end
};

}  // namespace runnel::core
