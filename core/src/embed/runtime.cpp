// Runtime: worker threads that wait for posted jobs.
#include "runnel/runtime.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "base/utf8.hpp"
#include "embed/partition.hpp"
#include "embed/posted_job.hpp"
#include "embed/setup.hpp"
#include "runnel/batch.hpp"
#include "sink/record_writer.hpp"
#include "value/reader.hpp"

namespace runnel {

using core::JobOptions;
using core::JobRequest;
using core::JobRunner;

// All but the constructor: on its thread.
struct PostedWorker {
  std::unique_ptr<JobRunner> runner;
  core::RecordWriter records;
  core::OutBuffer buffer;
  std::thread thread;
  std::unordered_map<const core::JobContext*, std::shared_ptr<JobContext::State>> waiting;
  bool is_finishing = false;

  explicit PostedWorker(core::RecordOptions options) : records(std::move(options)) {}
};

struct Runtime::Impl {
  std::shared_ptr<const core::Flow> flow;
  uint32_t worker_count;
  core::Arena memory;
  JobOptions options;
  std::string mistake;  // of the options
  std::vector<std::unique_ptr<PostedWorker>> workers;

  std::mutex mutex;
  std::condition_variable changed;
  std::atomic<uint32_t> waiters{0};  // threads in wait_until_all_jobs_finished
  uint64_t posted = 0;
  uint64_t finished = 0;
  std::unordered_set<std::string> given_ids;
  std::string refusal;                         // why nothing more can be posted
  std::unique_ptr<core::Partition> partition;  // null: workers take turns

  // With the lock. What is wrong with the job's key is left in `problem`.
  PostedWorker& worker_of(uint64_t number, const std::string& data, const std::string& metadata,
                          std::optional<core::InputProblem>& problem) {
    auto index = static_cast<uint32_t>(number % workers.size());
    if (partition) {
      core::Reader reader;
      core::Arena scratch;
      core::Value item{};
      core::Value known = options.metadata;
      reader.read(data, scratch, item);  // both were read before
      if (!metadata.empty()) reader.read(metadata, scratch, known);
      problem = partition->choose_with(known, item, {}, scratch, index);
    }
    return *workers[index];
  }

  void run(PostedWorker& worker, JobRequest request, const std::shared_ptr<JobContext::State>& state) {
    request.text = state->data_text;
    request.metadata = state->metadata_text;
    request.job_id = state->given_id;
    if (state->problem) request.problem = &*state->problem;
    state->begin();
    try {
      if (core::JobContext* job = worker.runner->run(request)) {
        finish(worker, *job, *state);
      } else {
        worker.waiting.emplace(worker.runner->latest_waiting(), state);
      }
    } catch (const std::exception& error) {  // out of memory, for one; the job is failed, the worker goes on
      state->give_up(error.what());
      count_finished();
    }
  }

  void finish(PostedWorker& worker, core::JobContext& job, JobContext::State& state) {
    worker.buffer.clear();
    worker.records.write(worker.buffer, job);
    if (job.is_critical) end(job);
    state.finish(job, worker.buffer.view());
    count_finished();
  }

  void end(const core::JobContext& job) {
    const std::lock_guard lock(mutex);
    if (!refusal.empty()) return;
    refusal = "routine \"" + job.error_detail->routine_id + "\" is critical and failed job " +
              core::to_std_string(job.job_id) + ": no further job is admitted";
  }

  void count_finished() {
    const std::lock_guard lock(mutex);
    ++finished;
    changed.notify_all();
  }

  // In the worker's loop: a job that waited is final.
  void finish_waiting(PostedWorker& worker, core::JobContext& job) {
    const auto waited = worker.waiting.extract(&job);
    if (waited.empty()) return;  // given up already
    try {
      finish(worker, job, *waited.mapped());
    } catch (const std::exception& error) {
      waited.mapped()->give_up(error.what());
      count_finished();
    }
    if (worker.is_finishing && worker.waiting.empty()) worker.runner->loop().finish();
  }
};

Runtime::Runtime(const Flow& flow, RuntimeOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->flow = flow.graph();
  impl_->worker_count = workers_for(flow, options.workers);
  impl_->mistake = core::job_options(*impl_->flow, options, impl_->memory, impl_->options);
}

Runtime::~Runtime() {
  for (auto& worker : impl_->workers) {
    worker->runner->loop().post([worker = worker.get()] {
      worker->is_finishing = true;
      worker->runner->flush_held();
      if (worker->waiting.empty()) worker->runner->loop().finish();
    });
  }
  for (auto& worker : impl_->workers) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

uint32_t Runtime::workers() const { return impl_->worker_count; }

void Runtime::exec() {
  if (!impl_->workers.empty()) return;
  if (!impl_->mistake.empty()) throw std::runtime_error(impl_->mistake);
  core::RecordOptions records;
  records.secrets = impl_->flow->secrets;
  std::vector<std::unique_ptr<PostedWorker>> workers;
  for (uint32_t i = 0; i < impl_->worker_count; ++i) {
    auto worker = std::make_unique<PostedWorker>(records);
    worker->runner = core::make_runner(*impl_->flow, i, impl_->options);
    if (!worker->runner->problem().empty()) throw std::runtime_error(worker->runner->problem());
    worker->runner->on_finished(
        [this, worker = worker.get()](core::JobContext& job) { impl_->finish_waiting(*worker, job); });
    worker->runner->flush_when([this] { return impl_->waiters > 0; });
    workers.push_back(std::move(worker));
  }
  impl_->partition = core::Partition::for_flow(*impl_->flow, impl_->worker_count, impl_->options.metadata);
  impl_->workers = std::move(workers);
  for (auto& worker : impl_->workers) {
    worker->thread = std::thread([loop = &worker->runner->loop()] { loop->run(); });
  }
}

JobContext Runtime::post(std::string_view routine, std::string_view slot, std::string data, std::string metadata,
                         std::string job_id) {
  JobRequest request;
  std::string mistake = slot.empty() && routine.empty() ? core::find_entry(*impl_->flow, request.slot)
                                                        : core::find_slot(*impl_->flow, routine, slot, request.slot);
  if (mistake.empty() && impl_->workers.empty()) mistake = "post before exec()";
  for (const std::string* text : {&data, &metadata}) {
    core::Reader reader;
    core::Arena scratch;
    core::Value value{};
    if (!mistake.empty() || (text == &metadata && text->empty())) continue;
    if (!reader.read(*text, scratch, value)) {
      mistake =
          std::string(text == &data ? "data" : "metadata") + " is not readable as JSON: " + reader.problem().message;
    } else if (text == &metadata && value.kind != RUNNEL_OBJECT) {
      mistake = "metadata is not a JSON object";
    }
  }
  if (mistake.empty() && !core::is_utf8(job_id)) mistake = "job_id is not valid UTF-8";
  if (!mistake.empty()) throw PostError(mistake);

  // Numbers and a key's jobs reach the workers in the same order.
  const std::lock_guard lock(impl_->mutex);
  if (!impl_->refusal.empty()) throw PostError(impl_->refusal);
  request.number = impl_->posted + 1;
  std::optional<core::InputProblem> problem;
  PostedWorker* const worker = &impl_->worker_of(request.number, data, metadata, problem);
  if (!job_id.empty() && !impl_->given_ids.insert(job_id).second) {
    request.duplicate_id = true;
    job_id.clear();
  }
  auto state =
      std::make_shared<JobContext::State>(impl_->flow->id, std::move(data), std::move(metadata), std::move(job_id));
  state->problem = std::move(problem);
  worker->runner->loop().post([this, worker, request, state] { impl_->run(*worker, request, state); });
  ++impl_->posted;
  return JobContext(state);
}

bool Runtime::wait_until_all_jobs_finished(std::chrono::milliseconds timeout) {
  // What lies in worker-scoped slots would wait for jobs that nobody posts.
  impl_->waiters.fetch_add(1);
  for (auto& worker : impl_->workers) {
    worker->runner->loop().post([runner = worker->runner.get()] { runner->look_at_held(); });
  }
  struct Leave {
    std::atomic<uint32_t>& waiters;
    ~Leave() { waiters.fetch_sub(1); }
  } leave{impl_->waiters};
  std::unique_lock lock(impl_->mutex);
  return impl_->changed.wait_for(lock, timeout, [&] { return impl_->finished == impl_->posted; });
}

}  // namespace runnel
