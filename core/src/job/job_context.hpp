// JobContext: all that one job knows of itself, from post to record. Owned by a worker and used again for later jobs,
// so that a job in the steady state allocates nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "job/captured_output.hpp"
#include "job/job_data.hpp"
#include "job/job_request.hpp"
#include "job/problem.hpp"
#include "job/status.hpp"
#include "job/trace_log.hpp"
#include "value/arena.hpp"
#include "value/value.hpp"

namespace runnel::core {

constexpr size_t kMostErrors = 1000;

struct JobContext {
  Arena arena;  // everything below that is a Value lives here, in the request's text, or longer
  JobClock clock;
  Value job_id{};
  Value worker_id{};
  Value flow_id{};
  Status status = Status::pending;
  Value error{};  // message of a failed job, or what complete() was given
  int64_t created_at = 0;
  int64_t completed_at = 0;
  Value metadata{};  // an object
  JobData data;
  TraceLog trace_log;

  std::optional<Problem> error_detail;
  std::vector<Problem> errors;  // handled ones, the first kMostErrors
  uint64_t errors_dropped = 0;
  CapturedOutput output;
  uint64_t discarded = 0;
  uint64_t emits = 0;
  bool is_critical = false;   // a routine with `is_critical` failed it
  uint64_t random_state = 0;  // of scripts' math.random; 0: not seeded yet

  InputPlace place;
  std::string_view input_text;  // the raw line
  uint64_t input_hash = 0;      // content_hash of the line; computed where it is needed, see has_input_hash
  bool has_input_hash = false;
  bool input_read = false;        // the line was readable JSON and post_data holds it
  bool input_truncated = false;   // input_text is only the beginning of the line
  std::string_view input_format;  // of a line that is no JSON; static
  Value replay_of{};              // the id of the earlier run's job, or missing
  Value post_routine{};
  Value post_slot{};
  Value post_data{};

  void add_error(Problem&&);
  void reset();  // ready for the next job: keeps its memory, worker_id, flow_id and the trace log's limit
};

// An error as an object {code, message, ...} for error events and traces.
Value problem_value(Arena&, const Problem&);

// A trace entry's object {timestamp, routine_id, action, details} and the whole list, as a routine sees them.
Value trace_log_value(Arena&, const TraceLog&);

}  // namespace runnel::core
