#include "routine/host_judging.hpp"

#include <algorithm>

#include "routine/context.hpp"

namespace runnel::core {

void host_take(runnel_context* c, uint32_t slot, uint32_t index) {
  if (!c->judgement) return fail(*c, "policy.none", "take is for a class's own activation policy");
  if (slot >= c->slots.size() || index >= c->slots[slot].count) {
    return fail(*c, "policy.none", "there is no item " + std::to_string(index) + " in slot " + std::to_string(slot));
  }
  c->judgement->taken.emplace_back(slot, index);
}

void host_judge_after(runnel_context* c, int64_t us) {
  if (!c->judgement) return fail(*c, "policy.none", "judge_after is for a class's own activation policy");
  c->judgement->judge_after_us = std::max<int64_t>(us, 0);
}

runnel_lying* host_lying(runnel_context* c, uint32_t slot, int64_t* now) {
  if (!c->judgement) {
    fail(*c, "policy.none", "lying is for a class's own activation policy");
    return nullptr;
  }
  *now = c->judgement->now;
  return slot < c->slots.size() && c->slots[slot].count ? c->judgement->lying[slot] : nullptr;
}

uint32_t host_job_count(runnel_context* c) {
  return c->served ? static_cast<uint32_t>(c->served->jobs.size()) : c->job ? 1 : 0;
}

uint32_t host_job_of(runnel_context* c, uint32_t slot, uint32_t index) {
  if (!c->served || slot >= c->slots.size() || index >= c->slots[slot].count) return 0;
  for (uint32_t before = 0; before < slot; ++before) index += c->slots[before].count;
  return index < c->served->job_of.size() ? c->served->job_of[index] : 0;
}

void host_use_job(runnel_context* c, uint32_t job) {
  if (job != kAllJobs && job >= host_job_count(c)) {
    return fail(*c, "job.none", "there is no job " + std::to_string(job) + " in this activation");
  }
  if (c->served) c->served->target = job;
}

}  // namespace runnel::core
