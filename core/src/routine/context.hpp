// The host's side of runnel_context: one activation of a routine (or one evaluation for it). What a routine does lands
// here and takes effect only when the runtime commits it.
#pragma once

#include <runnel/plugin.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "job/job_context.hpp"
#include "routine/expression.hpp"
#include "routine/script_engine.hpp"
#include "routine/suspension.hpp"
#include "routine/worker_state.hpp"
#include "value/builder.hpp"

namespace runnel::core {

// Items of one slot that an activation took (or, for a policy's `when`, that lie in it).
struct SlotItems {
  const Value* items = nullptr;
  uint32_t count = 0;
};

constexpr uint32_t kAllJobs = RUNNEL_ALL_JOBS;

struct Emission {
  uint32_t event = 0;       // of the routine
  uint32_t job = kAllJobs;  // of those served
  Value item{};             // fit to keep in the job's arena
};

struct CompleteRequest {
  Status status;
  Value error;
};

// What an activation of worker-scoped slots works for.
struct ServedJobs {
  std::vector<JobContext*> jobs;  // null: it is over
  std::vector<uint32_t> job_of;   // by item, all slots one after the other
  uint32_t target = kAllJobs;     // what the calls concern
  std::vector<std::pair<uint32_t, CompleteRequest>> complete;
};

// What a class's own policy said.
struct Judgement {
  std::vector<std::pair<uint32_t, uint32_t>> taken;  // slot and index; none: everything
  std::optional<int64_t> judge_after_us;
  std::vector<runnel_lying*> lying;  // by slot: of its items
  int64_t now = 0;
};

// Names of one routine of a flow; views live as long as the flow.
struct RoutineNames {
  Value id{};  // a clean string
  std::vector<std::string> slots;
  std::vector<std::string> events;  // the declared ones, then "error"
};

// Mistakes a routine class found in its configuration.
struct LoadProblem {
  std::string param_path;
  size_t byte_offset = 0;
  std::string message;
};
struct LoadReport {
  std::vector<LoadProblem> problems;
  std::vector<LoadProblem> warnings;
  std::vector<std::string> slots;  // added by resolve
  std::vector<std::string> events;
  uint32_t flags = 0;
};

// Values that are the same for every activation of a flow.
struct FlowConstants {
  Value flow_id{};
  Value env{};  // object NAME -> string
};

}  // namespace runnel::core

struct runnel_context {
  runnel::core::Arena* arena = nullptr;                 // never null: values made in this call live here
  runnel::core::JobContext* job = nullptr;              // null where there is no single job
  const runnel::core::RoutineNames* routine = nullptr;  // null: not on behalf of a routine
  const runnel::core::FlowConstants* constants = nullptr;
  std::span<const runnel::core::SlotItems> slots;  // by slot number of the routine; empty in the making
  runnel::core::Value data{};                      // `data` of expressions: the first item, or missing
  runnel::core::Value policy_message{};
  std::vector<runnel::core::Emission>* emissions = nullptr;  // null: emit is an error here (a condition)
  bool is_condition = false;                                 // evaluating `when:`: no effects allowed
  runnel::core::ServedJobs* served = nullptr;                // of worker-scoped slots; `job` is null then
  runnel::core::Judgement* judgement = nullptr;              // only in a class's own policy
  runnel::core::JobClock* clock = nullptr;                   // null: wall time
  bool traces = true;                                        // false: --trace-level off
  std::optional<runnel::core::CompleteRequest> complete;     // the first call counts
  runnel::core::StateWrites* state = nullptr;                // null: no worker state here
  runnel::core::ScriptEngine* scripts = nullptr;
  const runnel::core::ExpressionTable* expressions = nullptr;
  runnel::core::LoadReport* load = nullptr;      // only in resolve and create
  uint64_t activation = 0;                       // number of this activation on its worker: proxies of an
                                                 // earlier one are dead
  runnel::core::Suspender* suspender = nullptr;  // null: nothing can be suspended here
  runnel::core::SuspendRequest suspend;
  int64_t deadline_us = 0;  // monotonic; scripts are stopped then. 0: none
  bool has_failed = false;
  bool is_out_of_time = false;    // it failed because of the deadline
  runnel::core::Problem failure;  // when has_failed
};

namespace runnel::core {

// The operations behind the host table, for C++ callers (the Lua bridge). Texts are valid UTF-8.

// The first failure counts. `location` is file:line:column or empty.
void fail(runnel_context&, std::string_view code, std::string message, std::string location = {});
// Fails with limit.memory if the arena is exhausted; true if so. Call after making values.
bool fail_exhausted(runnel_context&);
inline bool check_memory(runnel_context& context) { return context.arena->exhausted() && fail_exhausted(context); }
// The job that job functions concern now; null: none, or all that are served.
inline JobContext* current_job(const runnel_context& context) {
  if (context.job || !context.served || context.served->target == kAllJobs) return context.job;
  return context.served->jobs[context.served->target];
}
// The value made to live as long as the job: what is only lent for this call is copied, the job's input line is not.
inline Value keep_in_job(runnel_context& context, Value value) {
  return keep(*context.arena, value, context.job ? context.job->input_text : std::string_view());
}
// Event by number. Fails the activation when there is no such event; copies what the arena does not own.
void emit(runnel_context&, uint32_t event, Value item);
// Event by name, for scripts: an unknown name fails with the nearest one.
void emit(runnel_context&, std::string_view event, Value item);
void set_data(runnel_context&, Value key, Value value);
Value get_data(const runnel_context&, std::string_view key);
void print(runnel_context&, std::string_view text);  // into the job's output
int64_t now_us(runnel_context&);
// details: an object or nothing.
void trace(runnel_context&, Value action, Value details);
// A status that is not final fails the activation.
void complete(runnel_context&, std::string_view status, Value error);
// A field of the job, made in the arena where it is not there yet (enum runnel_job_field).
Value job_field(runnel_context&, uint32_t field);
// Any expression: mapper values here, Lua through the engine. False: the context has failed.
bool evaluate(runnel_context&, Value expression, Value& out);

}  // namespace runnel::core
