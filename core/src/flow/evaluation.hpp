// Expressions of a flow that no routine evaluates: --select, --metadata-from, --job-id-from, partition_by.
#pragma once

#include "flow/flow.hpp"
#include "routine/context.hpp"
#include "value/builder.hpp"

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

// One object over the other; what is no object counts as none.
inline Value metadata_over(Value base, Value over, Arena& arena) {
  std::vector<Member> members;
  for (const Value object : {base, over}) {
    if (object.kind == RUNNEL_OBJECT)
      members.insert(members.end(), members_of(object), members_of(object) + object.size);
  }
  return make_object(arena, members);
}

// A job's metadata: over the run's what --metadata-from makes of its data, and over that the job's own. `value_of`
// evaluates an expression; when it gives false, so does this.
template <class ValueOf>
bool compose_metadata(const Flow& flow, Value own, Arena& arena, Value& metadata, ValueOf&& value_of) {
  std::vector<Member> members;
  const auto append = [&](Value object) {
    if (object.kind != RUNNEL_OBJECT) return;
    members.insert(members.end(), members_of(object), members_of(object) + object.size);
  };
  append(metadata);
  for (const MetadataExpression& one : flow.metadata_from) {
    Value value{};
    if (!value_of(one.expression, value)) return false;
    if (!is_missing(value)) members.push_back({string_view_value(one.name), value});
  }
  append(own);
  metadata = make_object(arena, members);
  return true;
}

}  // namespace runnel::core
