// Of the host table: what a class's own policy asks and says, and the jobs an activation serves.
#pragma once

#include <runnel/plugin.h>

#include <cstdint>

namespace runnel::core {

void host_take(runnel_context*, uint32_t slot, uint32_t index);
void host_judge_after(runnel_context*, int64_t us);
runnel_lying* host_lying(runnel_context*, uint32_t slot, int64_t* now);
uint32_t host_job_count(runnel_context*);
uint32_t host_job_of(runnel_context*, uint32_t slot, uint32_t index);
void host_use_job(runnel_context*, uint32_t job);

}  // namespace runnel::core
