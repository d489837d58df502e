#include "embed/posted_job.hpp"

#include "value/builder.hpp"
#include "value/writer.hpp"

namespace runnel {

namespace {

std::optional<int64_t> time_or_nothing(int64_t us) { return us ? std::optional(us) : std::nullopt; }

}  // namespace

void JobContext::State::begin() {
  const std::lock_guard lock(mutex);
  status = JobStatus::running;
}

void JobContext::State::finish(core::JobContext& job, std::string_view line) {
  const std::lock_guard lock(mutex);
  job_id = core::to_std_string(job.job_id);
  worker_id = core::to_std_string(job.worker_id);
  if (!core::is_nothing(job.error)) error = core::to_std_string(job.error);
  created_at = job.created_at;
  completed_at = job.completed_at;
  metadata = core::to_json(job.metadata);
  data = core::to_json(core::make_object(job.arena, job.data.members()));
  trace_log = core::to_json(core::trace_log_value(job.arena, job.trace_log));
  record = line;
  status = static_cast<JobStatus>(job.status);
  finished.notify_all();
}

void JobContext::State::give_up(std::string why) {
  const std::lock_guard lock(mutex);
  error = std::move(why);
  status = JobStatus::failed;
  finished.notify_all();
}

JobStatus JobContext::status() const {
  const std::lock_guard lock(state_->mutex);
  return state_->status;
}

std::string JobContext::job_id() const {
  const std::lock_guard lock(state_->mutex);
  return state_->job_id.empty() ? state_->given_id : state_->job_id;
}

std::string JobContext::worker_id() const {
  const std::lock_guard lock(state_->mutex);
  return state_->worker_id;
}

std::string JobContext::flow_id() const { return state_->flow_id; }

std::optional<std::string> JobContext::error() const {
  const std::lock_guard lock(state_->mutex);
  return state_->error;
}

std::optional<int64_t> JobContext::created_at() const {
  const std::lock_guard lock(state_->mutex);
  return time_or_nothing(state_->created_at);
}

std::optional<int64_t> JobContext::completed_at() const {
  const std::lock_guard lock(state_->mutex);
  return time_or_nothing(state_->completed_at);
}

std::string JobContext::metadata() const {
  const std::lock_guard lock(state_->mutex);
  return state_->metadata;
}

std::string JobContext::data() const {
  const std::lock_guard lock(state_->mutex);
  return state_->data;
}

std::string JobContext::trace_log() const {
  const std::lock_guard lock(state_->mutex);
  return state_->trace_log;
}

std::string JobContext::record() const {
  const std::lock_guard lock(state_->mutex);
  return state_->record;
}

void JobContext::wait() const {
  std::unique_lock lock(state_->mutex);
  state_->finished.wait(lock, [this] { return state_->status >= JobStatus::completed; });
}

}  // namespace runnel
