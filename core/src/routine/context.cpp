#include "routine/context.hpp"

#include "base/edit_distance.hpp"
#include "base/utf8.hpp"
#include "value/builder.hpp"
#include "value/writer.hpp"

namespace runnel::core {

namespace {

constexpr size_t kMostCode = 256;  // bytes: a record keeps up to kMostErrors of them
constexpr size_t kMostMessage = 16 * 1024;
constexpr std::string_view kMemoryMessage = "the values of one job need more than its memory limit";

// A record must not grow beyond what the values need in memory, however often they share a part.
bool fail_heavy(runnel_context& context) {
  fail(context, "limit.memory", std::string(kMemoryMessage));
  return true;
}

inline bool too_heavy(runnel_context& context, size_t weight) {
  return weight > context.arena->limit() && fail_heavy(context);
}

bool fail_in_condition(runnel_context& context, std::string_view what) {
  fail(context, "script.error", std::string(what) + " is not allowed in a condition");
  return true;
}

inline bool refuse_in_condition(runnel_context& context, std::string_view what) {
  return context.is_condition && fail_in_condition(context, what);
}

Value joined_data(Arena& arena, const JobContext& job) { return make_object(arena, job.data.members()); }

}  // namespace

void fail(runnel_context& context, std::string_view code, std::string message, std::string location) {
  if (context.has_failed) return;
  context.has_failed = true;
  context.failure.code = code.substr(0, utf8_prefix(code, kMostCode));
  if (message.size() > kMostMessage) {
    message.resize(utf8_prefix(message, kMostMessage));
    message += "...";
  }
  context.failure.message = std::move(message);
  context.failure.location = std::move(location);
  context.failure.routine_id = context.routine ? std::string(raw_text(context.routine->id)) : "";
  context.failure.cause.clear();
  context.failure.attempt = 1;
}

bool fail_exhausted(runnel_context& context) {
  fail(context, "limit.memory", std::string(kMemoryMessage));
  return true;
}

void emit(runnel_context& context, uint32_t event, Value item) {
  if (refuse_in_condition(context, "emit")) return;
  if (!context.emissions || !context.routine || event >= context.routine->events.size()) {
    fail(context, "event.unknown",
         "emit to event number " + std::to_string(event) + ", which the routine does not have");
    return;
  }
  if (height_of(item) > kMaxDepth) {
    fail(context, "limit.depth", "an item is nested deeper than " + std::to_string(kMaxDepth) + " levels");
    return;
  }
  item = keep_in_job(context, is_missing(item) ? null_value() : item);
  if (check_memory(context)) return;
  Emission& emission = context.emissions->emplace_back();
  emission.event = event;
  if (context.served) emission.job = context.served->target;
  store(emission.item, item);
}

void emit(runnel_context& context, std::string_view event, Value item) {
  if (refuse_in_condition(context, "emit")) return;
  const auto& events = context.routine->events;
  for (uint32_t i = 0; i < events.size(); ++i) {
    if (events[i] == event) return emit(context, i, item);
  }
  std::string message =
      "no event \"" + printable(event) + "\" in routine \"" + std::string(raw_text(context.routine->id)) + "\"";
  const std::vector<std::string> declared(events.begin(), events.end() - 1);  // `error` is the runtime's
  if (std::string hint = suggest(event, declared); !hint.empty()) message += "; " + hint;
  fail(context, "event.unknown", std::move(message));
}

namespace {

constexpr std::string_view kSeveralJobs = "this activation serves the jobs of its items; name the one that is meant";

// False: there is no job to do it to. A served job that is over meanwhile is none, without a failure.
bool find_job(runnel_context& context, const char* what, JobContext*& job) {
  job = current_job(context);
  if (job) return true;
  if (!context.served) {
    fail(context, "job.none", std::string(what) + " outside a job");
  } else if (context.served->target == kAllJobs) {
    fail(context, "job.none", std::string(what) + ": " + std::string(kSeveralJobs));
  }
  return false;
}

// As keep_in_job, for the job that is meant.
Value keep_for(runnel_context& context, JobContext& job, Value value) {
  return context.job ? keep_in_job(context, value) : deep_copy(job.arena, value);
}

bool has_no_room(runnel_context& context, const JobContext& job, size_t weight) {
  return check_memory(context) || (job.arena.exhausted() && fail_exhausted(context)) || too_heavy(context, weight);
}

void trace_in(runnel_context& context, JobContext& job, Value action, Value details) {
  action = keep_for(context, job, action);
  details = keep_for(context, job, details);
  if (has_no_room(context, job, job.trace_log.weight() + weight_of(details))) return;
  job.trace_log.add(job.clock.now(), context.routine ? context.routine->id : literal("_run"), action, details);
}

}  // namespace

void set_data(runnel_context& context, Value key, Value value) {
  JobContext* job = nullptr;
  if (refuse_in_condition(context, "set_data") || !find_job(context, "set_data", job)) return;
  if (height_of(value) > kMaxDepth) {
    return fail(context, "limit.depth", "a value is nested deeper than " + std::to_string(kMaxDepth) + " levels");
  }
  key = keep_for(context, *job, key);
  value = keep_for(context, *job, is_missing(value) ? null_value() : value);
  if (!has_no_room(context, *job, job->data.weight() + weight_of(value))) job->data.set(key, value);
}

Value get_data(const runnel_context& context, std::string_view key) {
  const JobContext* job = current_job(context);
  return job ? job->data.get(key) : missing();
}

void trace(runnel_context& context, Value action, Value details) {
  if (refuse_in_condition(context, "trace")) return;
  if (context.served && context.served->target == kAllJobs) {
    if (!context.traces) return;
    for (JobContext* job : context.served->jobs) {
      if (job && !context.has_failed) trace_in(context, *job, action, details);
    }
    return;
  }
  JobContext* job = nullptr;
  if (find_job(context, "trace", job) && context.traces) trace_in(context, *job, action, details);
}

void print(runnel_context& context, std::string_view text) {
  if (JobContext* job = current_job(context)) return job->output.print(text);
  if (!context.served || context.served->target != kAllJobs) return;
  for (JobContext* job : context.served->jobs) {
    if (job) job->output.print(text);
  }
}

int64_t now_us(runnel_context& context) { return context.clock ? context.clock->now() : wall_clock_us(); }

void complete(runnel_context& context, std::string_view status, Value error) {
  if (refuse_in_condition(context, "complete")) return;
  const std::optional<Status> final = final_status(status);
  if (!final) {
    return fail(context, "job.status",
                "\"" + printable(status) + "\" is no final status; use \"completed\", \"failed\" or \"cancelled\"");
  }
  if (context.served) {
    JobContext* job = nullptr;
    if (!find_job(context, "complete", job)) return;
    auto& complete = context.served->complete;
    for (const auto& [number, request] : complete) {
      if (number == context.served->target) return;
    }
    error = keep(*context.arena, error);
    if (!check_memory(context)) complete.push_back({context.served->target, {*final, error}});
    return;
  }
  if (context.complete) return;
  error = keep_in_job(context, error);
  if (!check_memory(context)) context.complete = CompleteRequest{*final, error};
}

Value job_field(runnel_context& context, uint32_t field) {
  JobContext* found = current_job(context);
  if (!found) return missing();
  JobContext& job = *found;
  auto time = [&](int64_t us) { return us ? make_string(*context.arena, TimeWriter().text(us)) : missing(); };
  switch (field) {
    case RUNNEL_JOB_ID:
      return job.job_id;
    case RUNNEL_JOB_WORKER_ID:
      return job.worker_id;
    case RUNNEL_JOB_FLOW_ID:
      return job.flow_id;
    case RUNNEL_JOB_STATUS:
      return literal(text_of(job.status));
    case RUNNEL_JOB_ERROR:
      return job.error;
    case RUNNEL_JOB_CREATED_AT:
      return time(job.created_at);
    case RUNNEL_JOB_COMPLETED_AT:
      return time(job.completed_at);
    case RUNNEL_JOB_METADATA:
      return job.metadata;
    case RUNNEL_JOB_DATA:
      return joined_data(*context.arena, job);
    case RUNNEL_JOB_TRACE_LOG:
      return trace_log_value(*context.arena, job.trace_log);
    default:
      return missing();
  }
}

bool evaluate(runnel_context& context, Value handle, Value& out) {
  const auto index = static_cast<size_t>(handle.as.integer);
  if (handle.kind != RUNNEL_EXPRESSION || !context.expressions || index >= context.expressions->size()) {
    fail(context, "expression.unknown", "evaluate() takes an expression of the routine's configuration");
    return false;
  }
  const Expression& expression = (*context.expressions)[index];
  switch (expression.kind) {
    case ExpressionKind::constant:
      out = expression.fallback;
      return true;
    case ExpressionKind::path:
      out = follow_path(context.data, expression.path);
      if (is_nothing(out)) out = is_missing(expression.fallback) ? out : expression.fallback;
      return true;
    case ExpressionKind::condition: {
      const Condition& condition = expression.condition;
      bool result = false;
      if (condition.form == Condition::Form::expression) {
        if (!evaluate(context, expression_value(condition.expression), out)) return false;
        result = !is_nothing(out) && !(out.kind == RUNNEL_BOOL && out.as.integer == 0);
      } else {
        result = holds(condition, context.data);
      }
      out = make_bool(result);
      return true;
    }
    default:
      if (!context.scripts) {
        fail(context, "expression.unknown", "no expression can be evaluated here");
        return false;
      }
      return context.scripts->evaluate(index, context, out) && !context.has_failed;
  }
}

}  // namespace runnel::core
