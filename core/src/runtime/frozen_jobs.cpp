// The jobs of a worker whose thread is lost in a routine, as a watchdog records them.
#include <algorithm>

#include "base/clock.hpp"
#include "flow/evaluation.hpp"
#include "job/input_decoder.hpp"
#include "runtime/job_runner.hpp"
#include "runtime/timeout_text.hpp"
#include "value/builder.hpp"
#include "value/hash.hpp"

namespace runnel::core {
namespace {

constexpr std::string_view kLostWorker = "its worker was lost to another job, whose routine does not return";

int64_t end_time(const JobContext& job) { return std::max(job.created_at, wall_clock_us()); }

}  // namespace

void JobRunner::describe_stuck(const JobContext& stuck, uint32_t number, JobContext& out) const {
  out.job_id = stuck.job_id;
  out.worker_id = stuck.worker_id;
  out.flow_id = stuck.flow_id;
  out.metadata = stuck.metadata;
  out.created_at = stuck.created_at;
  out.place = stuck.place;
  out.input_text = stuck.input_text;
  out.input_hash = stuck.input_hash;
  out.has_input_hash = stuck.has_input_hash;
  out.input_read = stuck.input_read;
  out.input_truncated = stuck.input_truncated;
  out.post_routine = stuck.post_routine;
  out.post_slot = stuck.post_slot;
  out.post_data = stuck.post_data;
  out.input_format = stuck.input_format;
  out.replay_of = stuck.replay_of;

  const Routine& routine = flow_.routines[number];
  const bool is_routines = routine.timeout_us && routine.timeout_us < flow_.limits.time_us;
  const int64_t limit = is_routines ? routine.timeout_us : flow_.limits.time_us;
  out.completed_at = options_.deterministic ? stuck.created_at + limit : end_time(stuck);
  out.error_detail =
      Problem{"timeout",
              (is_routines ? routine_timeout_text(routine) : job_timeout_text(flow_)) + " and does not return",
              routine.id,
              1,
              routine.place.text(),
              ""};
  out.error = string_view_value(out.error_detail->message);
  out.status = Status::failed;
}

void JobRunner::describe_unrun(const JobRequest& request, JobContext& out) const {
  out.place = request.place;
  out.input_text = request.text;
  out.input_truncated = request.too_long;
  out.input_format = request.format;
  out.input_hash = request.has_hash ? request.text_hash : content_hash(request.text);
  out.has_input_hash = true;
  if (!request.replay_of.empty()) out.replay_of = string_view_value(request.replay_of);
  const RoutineNames& entry = flow_.routines[request.slot.routine].names;
  out.post_routine = entry.id;
  out.post_slot = string_view_value(entry.slots[request.slot.slot]);
  JobClock clock = options_.deterministic ? JobClock::virtual_for(request.number) : JobClock();
  out.created_at = clock.now();
  out.completed_at = clock.now();
  out.worker_id = string_view_value(worker_id_, RUNNEL_CLEAN);
  out.flow_id = flow_.constants.flow_id;
  out.metadata = options_.metadata;
  Reader reader;
  Value data{};
  Value base{};
  ReadProblem unreadable;
  if (!request.base_metadata.empty() && reader.read(request.base_metadata, out.arena, base)) {
    out.metadata = metadata_over(base, out.metadata, out.arena);
  }
  if (!request.too_long && read_record(request.decoder, reader, request.text, out.arena, data, unreadable)) {
    out.input_read = !request.problem || request.problem->is_readable;
    if (request.is_post && out.input_read) {
      out.metadata = metadata_over(out.metadata, get(data, "metadata"), out.arena);
      data = get(data, "data");
    }
    if (out.input_read) out.post_data = data;
  }
  std::string id(request.job_id);
  if (id.empty() && (options_.deterministic || options_.stable_ids)) {
    id = stable_job_id(request.number, out.input_hash);
  } else if (id.empty()) {
    id.resize(kUuidSize);
    UuidSource().write(id.data(), out.created_at);
  }
  out.job_id = make_string(out.arena, id);
  out.error = string_view_value(kLostWorker);
  out.status = Status::cancelled;
}

void JobRunner::cancel_frozen(const JobContext& stuck, const std::function<void(JobContext&)>& print) {
  for (auto& [strand, owned] : waiting_) {
    if (&strand->job() == &stuck) continue;
    strand->cancel_frozen();
    strand->job().error = string_view_value(kLostWorker);
    print(strand->job());
  }
}

// What waits in classes of ours may be told on any thread; what a plugin would do there is not known.
void Strand::cancel_frozen() {
  for (auto& [id, suspension] : suspensions_) {
    if (flow_.routines[suspension.routine].spec->owner == kBuiltIn) cancel_suspended(suspension);
  }
  job_.completed_at = table_->in_start_order ? job_.clock.now() : end_time(job_);
  job_.status = Status::cancelled;
}

}  // namespace runnel::core
