// run_batch: checks everything, starts the workers, and says how it ended.
#include "runnel/batch.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <functional>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

#include "base/diagnostic.hpp"
#include "embed/batch_plan.hpp"
#include "embed/batch_worker.hpp"
#include "embed/setup.hpp"

namespace runnel {

namespace {

BatchResult refused(int exit_code, std::string message) { return {exit_code, {}, 0, std::move(message)}; }

// All workers, one of them on this thread, until there is no more input. The first problem ends the run.
class Crew {
 public:
  Crew(std::vector<std::unique_ptr<core::BatchWorker>>& workers, std::function<void()> stop_all)
      : workers_(workers), stop_all_(std::move(stop_all)) {}

  std::string work() {
    std::vector<std::thread> threads;
    try {
      for (size_t i = 1; i < workers_.size(); ++i) threads.emplace_back([this, i] { work_as(*workers_[i]); });
    } catch (const std::system_error& error) {
      give_up("cannot start worker " + std::to_string(threads.size() + 1) + " of " + std::to_string(workers_.size()) +
              ": " + error.what());
    }
    work_as(*workers_[0]);
    for (std::thread& thread : threads) thread.join();
    return problem_;
  }

 private:
  void work_as(core::BatchWorker& worker) {
    try {
      worker.work();
    } catch (const std::bad_alloc&) {
      give_up("out of memory");
    } catch (const std::exception& error) {
      give_up(error.what());
    }
  }
  void give_up(std::string problem) {
    {
      const std::lock_guard lock(mutex_);
      if (problem_.empty()) problem_ = std::move(problem);
    }
    stop_all_();
  }

  std::vector<std::unique_ptr<core::BatchWorker>>& workers_;
  std::function<void()> stop_all_;
  std::mutex mutex_;
  std::string problem_;
};

}  // namespace

const std::vector<std::string>& record_fields() { return core::RecordWriter::field_names(); }

int exit_code_of(const JobCounts& counts, int write_error, int read_error) {
  if (write_error == EPIPE) return 141;
  if (write_error || read_error) return 74;
  if (!counts.conserved()) return 70;
  return counts.failed || counts.cancelled ? 1 : 0;
}

BatchResult run_batch(const Flow& loaded, const RuntimeOptions& runtime, const BatchOptions& options) {
  const core::Flow& flow = *loaded.graph();
  core::Arena memory;
  core::CheckedBatch batch;
  if (std::string mistake = core::check_batch(flow, runtime, options, memory, batch); !mistake.empty())
    return refused(2, mistake);
  core::BatchPlan& plan = batch.plan;
  const core::JobOptions& jobs = batch.jobs;

  core::BlockReader reader(options.data ? std::vector<std::string>{} : options.inputs, options.output, batch.format);
  if (std::string mistake = core::check_inputs(reader); !mistake.empty()) return refused(2, mistake);
  core::OrderedWriter output(options.output, options.in_order, options.skip + 1);
  core::OrderedWriter errors(options.errors, options.in_order, options.skip + 1);
  const uint32_t count = workers_for(loaded, runtime.workers);
  core::LineFeed feed(
      reader, output, batch.feed,
      core::Dispatcher::for_input(flow, batch.entry, batch.entry_mistake, batch.format == core::InputFormat::jobs,
                                  core::Partition::for_flow(flow, count, jobs.metadata)));
  std::optional<core::WorkerInboxes> inboxes;
  if (flow.partition_by && count > 1) inboxes.emplace(feed, count, options.window / 4);  // a block is all of theirs
  plan.lines_at_most = std::max<uint64_t>(1, options.window / (2 * uint64_t{count}));
  std::vector<std::unique_ptr<core::BatchWorker>> workers;
  const auto stop_all = [&] {
    feed.stop();
    if (inboxes) inboxes->stop();
    for (const auto& worker : workers) worker->look_up();
  };
  for (uint32_t i = 0; i < count; ++i) {
    auto runner = core::make_runner(flow, i, jobs);
    if (!runner->problem().empty()) return refused(2, runner->problem());
    workers.push_back(std::make_unique<core::BatchWorker>(std::move(runner), i, plan, feed,
                                                          inboxes ? &*inboxes : nullptr, output, errors, stop_all));
  }
  if (std::string problem = Crew(workers, stop_all).work(); !problem.empty()) return refused(71, problem);
  output.finish();

  BatchResult result;
  uint64_t failed_selects = 0;
  for (const auto& worker : workers) {
    result.counts.add(worker->counts());
    failed_selects += worker->failed_selects();
    result.late_finishes += worker->late_finishes();
  }
  const int write_error = reader.reader_gone() ? EPIPE : output.error();
  const core::ReadFailure& read = reader.failure();
  result.exit_code = exit_code_of(result.counts, write_error, read.error);
  if (result.exit_code == 0 && failed_selects) result.exit_code = 1;
  if (write_error && write_error != EPIPE)
    result.message = std::string("cannot write the output: ") + std::strerror(write_error);
  else if (!write_error && read.error)
    result.message = core::printable(read.source) + ": cannot be read on: " + read.message();
  else if (result.exit_code == 70)
    result.message = "the jobs do not add up; please report this";
  return result;
}

}  // namespace runnel
