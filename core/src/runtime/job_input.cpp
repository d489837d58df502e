// What a JobRunner makes of a request before the job runs: who it is, its data, its metadata.
#include <algorithm>

#include "flow/evaluation.hpp"
#include "job/input_decoder.hpp"
#include "runtime/job_runner.hpp"
#include "value/builder.hpp"
#include "value/hash.hpp"

namespace runnel::core {

namespace {

uint64_t hash_of(JobContext& job) {
  if (!job.has_input_hash) {
    job.input_hash = content_hash(job.input_text);
    job.has_input_hash = true;
  }
  return job.input_hash;
}

// A record may be several lines.
std::string location_of(const JobRequest& request, size_t offset) {
  if (request.place.ordinal == kNoOrdinal) return "";
  if (request.column == 0) return std::string(request.place.source) + ":" + std::to_string(request.place.line);
  const std::string_view before = request.text.substr(0, offset);
  const auto lines = static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n'));
  const size_t column = lines ? before.size() - before.rfind('\n') : request.column + before.size();
  return std::string(request.place.source) + ":" + std::to_string(request.place.line + lines) + ":" +
         std::to_string(column);
}

// Where the job was posted to, as its record says.
void name_target(const Flow& flow, const JobRequest& request, JobContext& job) {
  const RoutineNames& entry = flow.routines[request.slot.routine].names;
  const bool is_unknown = !request.post_routine.empty();
  job.post_routine = is_unknown ? make_string(job.arena, request.post_routine) : entry.id;
  job.post_slot =
      is_unknown ? make_string(job.arena, request.post_slot) : string_view_value(entry.slots[request.slot.slot]);
}

}  // namespace

void JobRunner::identify(const JobRequest& request) {
  JobContext& job = strand_->job();
  job.place = request.place;
  job.input_text = request.text;
  job.input_truncated = request.too_long;
  job.input_format = request.format;
  if (request.has_hash) {
    job.input_hash = request.text_hash;
    job.has_input_hash = true;
  }
  if (!request.replay_of.empty()) job.replay_of = make_string(job.arena, request.replay_of);
  job.clock = options_.deterministic ? JobClock::virtual_for(request.number) : JobClock(ticks_);
  job.created_at = job.clock.now();
  job.worker_id = string_view_value(worker_id_, RUNNEL_CLEAN);
  job.flow_id = flow_.constants.flow_id;
  job.metadata = options_.metadata;
  name_target(flow_, request, job);
  if (!request.job_id.empty()) {
    job.job_id = make_string(job.arena, request.job_id);
  } else if (options_.deterministic || options_.stable_ids) {
    job.job_id = make_string(job.arena, stable_job_id(request.number, hash_of(job)), RUNNEL_CLEAN);
  } else {
    auto* text = static_cast<char*>(job.arena.allocate(kUuidSize));
    uuids_.write(text, job.created_at);
    job.job_id = string_view_value({text, kUuidSize}, RUNNEL_CLEAN);
  }
}

// The metadata of a job that is posted again lies under the run's: what is given for this run counts.
bool JobRunner::take_base_metadata(const JobRequest& request) {
  if (request.base_metadata.empty()) return true;
  JobContext& job = strand_->job();
  const std::string_view text{job.arena.copy(request.base_metadata), request.base_metadata.size()};
  Value base{};
  if (!reader_.read(text, job.arena, base)) {
    refuse(request, code_of(reader_.problem().error), "metadata: " + reader_.problem().message, 0);
    return false;
  }
  job.metadata = metadata_over(base, job.metadata, job.arena);
  return true;
}

bool JobRunner::read_input(const JobRequest& request, Value& data) {
  JobContext& job = strand_->job();
  if (request.duplicate_id) {
    refuse(request, "input.job_id", "the job_id was given to an earlier job of this run", 0);
    return false;
  }
  if (request.too_long) {
    const InputProblem* const known = request.problem;
    refuse(request, known ? known->code : "input.too_long", known ? known->message : "the line is longer than 16 MiB",
           known ? known->offset : 0);
    return false;
  }
  if (request.problem && !request.problem->is_readable) {
    refuse(request, request.problem->code, request.problem->message, request.problem->offset);
    return false;
  }
  if (!take_base_metadata(request)) return false;
  ReadProblem problem;
  if (!read_record(request.decoder, reader_, request.text, job.arena, data, problem)) {
    const bool ends_early =
        !request.decoder && problem.error == ReadError::syntax && problem.offset == request.text.size();
    refuse(request, code_of(problem.error), problem.message + (ends_early ? "; a job's JSON stands on one line" : ""),
           problem.offset);
    return false;
  }
  Value own{};  // metadata
  if (request.is_post) {
    own = get(data, "metadata");
    data = get(data, "data");
  }
  job.input_read = true;
  job.post_data = data;
  if (request.problem) {
    const Value kept = metadata_over(job.metadata, own, job.arena);
    refuse(request, request.problem->code, request.problem->message, request.problem->offset);
    job.metadata = kept;  // so that the job can be posted again
    return false;
  }
  // Its text may be gone before a job that waits is over.
  const std::string_view metadata{job.arena.copy(request.metadata), request.metadata.size()};
  if (!metadata.empty() && !reader_.read(metadata, job.arena, job.metadata)) {
    refuse(request, code_of(reader_.problem().error), "metadata: " + reader_.problem().message,
           reader_.problem().offset);
    return false;
  }
  return (flow_.metadata_from.empty() && own.kind != RUNNEL_OBJECT) || add_metadata(request, data, own);
}

// Over the run's metadata what --metadata-from makes of the data, and over that the record's own.
bool JobRunner::add_metadata(const JobRequest& request, Value data, Value own) {
  JobContext& job = strand_->job();
  const auto value_of = [&](size_t expression, Value& value) {
    runnel_context context =
        evaluation_context(flow_, routines_.scripts(), routines_.next_activation(), job.arena, &job);
    context.data = data;
    if (evaluate(context, expression_value(expression), value)) return true;
    const Value known = metadata_over(job.metadata, own, job.arena);
    refuse(request, context.failure.code, context.failure.location + ": " + context.failure.message, 0);
    job.metadata = known;
    return false;
  };
  if (!compose_metadata(flow_, own, job.arena, job.metadata, value_of)) return false;
  if (!job.arena.exhausted()) return true;
  refuse(request, "limit.memory", "the job's metadata needs more memory than it may have", 0);
  return false;
}

void JobRunner::refuse(const JobRequest& request, std::string_view code, std::string message, size_t offset) {
  refuse(code, std::move(message), location_of(request, offset));
}

void JobRunner::refuse(std::string_view code, std::string message, std::string location) {
  if (code.starts_with("input.")) ++counts_.bad_input;
  JobContext& job = strand_->job();
  job.metadata = make_object(job.arena, {});
  job.error = make_string(job.arena, message);
  job.error_detail = Problem{std::string(code), std::move(message), "", 1, std::move(location), ""};
  job.status = Status::failed;
  job.completed_at = job.clock.now();
}

}  // namespace runnel::core
