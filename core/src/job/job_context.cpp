#include "job/job_context.hpp"

#include <array>
#include <cstring>

#include "value/builder.hpp"

namespace runnel::core {
namespace {

constexpr size_t kMostProblemsKept = 64;

Value text_or_null(Arena& arena, std::string_view text) {
  return text.empty() ? null_value() : make_string(arena, text);
}

Value time_value(Arena& arena, TimeWriter& writer, int64_t time_us) {
  auto* text = static_cast<char*>(arena.allocate(kTimeTextSize));
  if (!text) return missing();
  writer.write(text, time_us);
  return string_view_value({text, kTimeTextSize}, RUNNEL_CLEAN);
}

}  // namespace

void JobContext::add_error(Problem&& problem) {
  if (errors.size() < kMostErrors) {
    errors.push_back(std::move(problem));
  } else {
    ++errors_dropped;
  }
}

void JobContext::reset() {
  arena.reset();
  clock = JobClock();
  job_id = missing();
  status = Status::pending;
  error = missing();
  created_at = 0;
  completed_at = 0;
  metadata = missing();
  data.clear();
  trace_log.clear();
  error_detail.reset();
  if (errors.capacity() > kMostProblemsKept) errors = {};
  errors.clear();
  errors_dropped = 0;
  output.clear();
  discarded = 0;
  emits = 0;
  is_critical = false;
  random_state = 0;
  place = InputPlace();
  input_text = {};
  input_hash = 0;
  has_input_hash = false;
  input_read = false;
  input_truncated = false;
  input_format = {};
  replay_of = missing();
  post_routine = missing();
  post_slot = missing();
  post_data = missing();
}

Value problem_value(Arena& arena, const Problem& problem) {
  const std::array<Member, 6> members{{
      {literal("code"), make_string(arena, problem.code)},
      {literal("message"), make_string(arena, problem.message)},
      {literal("routine_id"), text_or_null(arena, problem.routine_id)},
      {literal("attempt"), make_int(problem.attempt)},
      {literal("location"), text_or_null(arena, problem.location)},
      {literal("cause"), text_or_null(arena, problem.cause)},
  }};
  const Value result = make_object(arena, members);
  return arena.exhausted() ? missing() : result;
}

Value trace_log_value(Arena& arena, const TraceLog& log) {
  TimeWriter times;
  std::vector<Value> entries;
  entries.reserve(log.size());
  const Value no_details = make_object(arena, {});
  for (size_t i = 0; i < log.size() && !arena.exhausted(); ++i) {
    const TraceEntry& entry = log.at(i);
    const std::array<Member, 4> members{{
        {literal("timestamp"), time_value(arena, times, entry.time_us)},
        {literal("routine_id"), entry.routine_id},
        {literal("action"), entry.action},
        {literal("details"), is_missing(entry.details) ? no_details : entry.details},
    }};
    entries.push_back(make_object(arena, members));
  }
  const Value result = make_array(arena, entries);
  return arena.exhausted() ? missing() : result;
}

}  // namespace runnel::core
