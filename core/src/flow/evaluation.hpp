// Expressions of a flow that no routine evaluates: --select, --metadata-from, --job-id-from.
#pragma once

#include "flow/flow.hpp"
#include "routine/context.hpp"

namespace runnel::core {

// No effects are allowed in it. `job` may be null; `activation` differs from that of every other use of `scripts`.
inline runnel_context evaluation_context(const Flow& flow, ScriptEngine* scripts, uint64_t activation, Arena& arena,
                                         JobContext* job) {
  runnel_context context;
  context.arena = &arena;
  context.job = job;
  context.constants = &flow.constants;
  context.expressions = &flow.expressions;
  context.scripts = scripts;
  if (job) context.clock = &job->clock;
  context.is_condition = true;
  context.activation = activation;
  return context;
}

}  // namespace runnel::core
