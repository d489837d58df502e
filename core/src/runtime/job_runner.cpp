#include "runtime/job_runner.hpp"

#include "routine/context.hpp"
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

}  // namespace

JobRunner::JobRunner(const Flow& flow, uint32_t worker, std::unique_ptr<ScriptEngine> scripts,
                     const JobOptions& options)
    : flow_(flow),
      options_(options),
      routines_(flow, std::move(scripts)),
      strand_(flow, routines_, options.strand),
      worker_id_("w" + std::to_string(options.deterministic ? 0 : worker)) {}

JobContext& JobRunner::run(const JobRequest& request) {
  strand_.reset();
  ++counts_.posted;
  JobContext& job = strand_.job();
  identify(request);
  Value data{};
  if (read_input(request, data)) {
    job.post_data = data;
    strand_.run(request.slot, data);
  }
  switch (job.status) {
    case Status::completed:
      ++counts_.completed;
      break;
    case Status::failed:
      ++counts_.failed;
      break;
    case Status::cancelled:
      ++counts_.cancelled;
      break;
    default:
      break;  // the counts then do not add up, which is found at the end of the run
  }
  return job;
}

void JobRunner::identify(const JobRequest& request) {
  JobContext& job = strand_.job();
  job.place = request.place;
  job.input_text = request.text;
  job.input_truncated = request.too_long;
  if (request.too_long) {
    job.input_hash = request.text_hash;
    job.has_input_hash = true;
  }
  job.clock = options_.deterministic ? JobClock::virtual_for(request.number) : JobClock(ticks_);
  job.created_at = job.clock.now();
  job.worker_id = string_view_value(worker_id_, RUNNEL_CLEAN);
  job.flow_id = flow_.constants.flow_id;
  job.metadata = options_.metadata;
  const RoutineNames& entry = flow_.routines[request.slot.routine].names;
  job.post_routine = entry.id;
  job.post_slot = string_view_value(entry.slots[request.slot.slot]);
  if (!request.job_id.empty()) {
    job.job_id = make_string(job.arena, request.job_id);
  } else if (options_.deterministic) {
    job.job_id = make_string(job.arena, stable_job_id(request.number, hash_of(job)), RUNNEL_CLEAN);
  } else {
    auto* text = static_cast<char*>(job.arena.allocate(kUuidSize));
    uuids_.write(text, job.created_at);
    job.job_id = string_view_value({text, kUuidSize}, RUNNEL_CLEAN);
  }
}

bool JobRunner::read_input(const JobRequest& request, Value& data) {
  JobContext& job = strand_.job();
  if (request.duplicate_id) {
    refuse(request, "input.job_id", "the job_id was given to an earlier job of this run", 0);
    return false;
  }
  if (request.too_long) {
    refuse(request, "input.too_long", "the line is longer than 16 MiB", 0);
    return false;
  }
  if (!reader_.read(request.text, job.arena, data)) {
    const ReadProblem& problem = reader_.problem();
    const bool ends_early = problem.error == ReadError::syntax && problem.offset == request.text.size();
    refuse(request, code_of(problem.error), problem.message + (ends_early ? "; a job's JSON stands on one line" : ""),
           problem.offset);
    return false;
  }
  job.input_read = true;
  if (!request.metadata.empty() && !reader_.read(request.metadata, job.arena, job.metadata)) {
    refuse(request, code_of(reader_.problem().error), "metadata: " + reader_.problem().message,
           reader_.problem().offset);
    return false;
  }
  return true;
}

void JobRunner::refuse(const JobRequest& request, std::string_view code, std::string message, size_t offset) {
  if (code.starts_with("input.")) ++counts_.bad_input;
  JobContext& job = strand_.job();
  job.metadata = make_object(job.arena, {});
  job.error = make_string(job.arena, message);
  std::string location;
  if (request.place.ordinal != kNoOrdinal) {
    location =
        std::string(request.place.source) + ":" + std::to_string(request.place.line) + ":" + std::to_string(offset + 1);
  }
  job.error_detail = Problem{std::string(code), std::move(message), "", 1, std::move(location), ""};
  job.status = Status::failed;
  job.completed_at = job.clock.now();
}

bool JobRunner::evaluate_finished(size_t expression, Value& out, Problem& failure) {
  runnel_context context;
  scratch_.reset();
  context.arena = &scratch_;  // the job's may be exhausted
  context.job = &strand_.job();
  context.constants = &flow_.constants;
  context.expressions = &flow_.expressions;
  context.scripts = routines_.scripts();
  context.is_condition = true;
  context.activation = routines_.next_activation();
  if (evaluate(context, expression_value(expression), out)) return true;
  failure = std::move(context.failure);
  return false;
}

}  // namespace runnel::core
