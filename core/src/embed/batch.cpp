// run_batch: checks everything, starts the workers, and says how it ended.
#include "runnel/batch.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "base/diagnostic.hpp"
#include "embed/batch_plan.hpp"
#include "embed/batch_worker.hpp"
#include "embed/crew.hpp"
#include "embed/partition.hpp"
#include "embed/record_choice.hpp"
#include "embed/resumable_output.hpp"
#include "embed/setup.hpp"

namespace runnel {

namespace {

BatchResult refused(int exit_code, std::string message) { return {exit_code, {}, 0, std::move(message), false}; }

// All that threads of workers use. It is left to the process where one of them does not end.
struct Run {
  std::shared_ptr<const core::Flow> flow;
  core::Arena memory;
  core::CheckedBatch batch;
  std::optional<core::RecordChoice> choice;  // of a replay
  std::unique_ptr<core::BlockReader> reader;
  core::ResumableOutput file;
  std::unique_ptr<core::OrderedWriter> output;
  std::unique_ptr<core::OrderedWriter> errors;
  std::unique_ptr<core::LineFeed> feed;
  std::optional<core::WorkerInboxes> inboxes;
  std::vector<std::unique_ptr<core::BatchWorker>> workers;
  std::unique_ptr<core::Crew> crew;
};

// What is left when no worker works any more.
BatchResult concluded(Run& run, const std::string& problem) {
  BatchResult result;
  uint64_t failed_selects = 0;
  JobCounts again;
  for (const auto& worker : run.workers) {
    result.counts.add(worker->counts());
    failed_selects += worker->failed_selects();
    result.late_finishes += worker->late_finishes();
    again.add(worker->counts_again());
  }
  const uint64_t posted = result.counts.posted;
  const std::string reason = run.feed->reason();
  const int write_error = run.reader->reader_gone() ? EPIPE : run.output->error();
  const core::ReadFailure read = run.reader->failure();
  if (run.file.run) {
    result = run.file.finish(std::move(result), again, run.feed->stopped() || !reason.empty(), write_error, read);
  } else {
    result.exit_code = exit_code_of(result.counts, write_error, read.error);
    if (result.exit_code == 0 && failed_selects) result.exit_code = 1;
    if (write_error && write_error != EPIPE)
      result.message = std::string("cannot write the output: ") + std::strerror(write_error);
    else if (!write_error && read.error)
      result.message = core::printable(read.source) + ": cannot be read on: " + read.message();
    else if (result.exit_code == 70)
      result.message = "the jobs do not add up; please report this";
  }
  if (result.message.empty() && !reason.empty())
    result.message = reason + ": no job was admitted after the first " + std::to_string(posted) +
                     (run.file.run ? "; --resume goes on from there" : "");
  return problem.empty() ? result : refused(71, problem);
}

}  // namespace

const std::vector<std::string>& record_fields() { return core::RecordWriter::field_names(); }

int exit_code_of(const JobCounts& counts, int write_error, int read_error) {
  if (write_error == EPIPE) return 141;
  if (write_error || read_error) return 74;
  if (!counts.conserved()) return 70;
  return counts.failed || counts.cancelled ? 1 : 0;
}

BatchResult run_batch(const Flow& loaded, const RuntimeOptions& runtime, const BatchOptions& options) {
  auto run = std::make_unique<Run>();
  run->flow = loaded.graph();
  const core::Flow& flow = *run->flow;
  core::CheckedBatch& batch = run->batch;
  if (std::string mistake = core::check_batch(flow, runtime, options, run->memory, batch); !mistake.empty())
    return refused(2, mistake);

  if (batch.format == core::InputFormat::records) run->choice.emplace(flow, options.replay);
  const core::LineFilter filter = run->choice ? run->choice->filter() : core::LineFilter();
  run->reader = std::make_unique<core::BlockReader>(options.data ? std::vector<std::string>{} : options.inputs,
                                                    options.file ? -1 : options.output, batch.format, filter);
  core::BlockReader& reader = *run->reader;
  if (std::string mistake = core::check_inputs(reader); !mistake.empty()) return refused(2, mistake);
  if (run->choice) {
    if (std::string mistake = run->choice->check(options.inputs, options.skip, options.head); !mistake.empty())
      return refused(2, mistake);
  }
  const uint32_t count = workers_for(loaded, runtime.workers);
  std::vector<std::unique_ptr<core::JobRunner>> runners;
  for (uint32_t i = 0; i < count; ++i) {
    runners.push_back(core::make_runner(flow, i, batch.jobs));
    if (!runners.back()->problem().empty()) return refused(2, runners.back()->problem());
  }
  core::ResumableOutput& file = run->file;
  if (options.file) {
    if (core::FileProblem problem = file.open(flow, runtime, options, batch.format, filter))
      return refused(problem.exit_code, problem.message);
  }
  run->output = std::make_unique<core::OrderedWriter>(file.run ? file.run->fd() : options.output, options.in_order,
                                                      options.skip + 1);
  run->errors = std::make_unique<core::OrderedWriter>(options.errors, options.in_order, options.skip + 1);
  core::OrderedWriter& output = *run->output;
  run->feed = std::make_unique<core::LineFeed>(
      reader, output, batch.feed,
      core::Dispatcher::for_input(flow, batch.entry, batch.format,
                                  core::Partition::for_flow(flow, count, batch.jobs.metadata)));
  core::LineFeed& feed = *run->feed;
  if (file.run) {
    output.sync_with(file.sync.get());
    feed.check_by(&*file.check, !file.runs_done);
    feed.announce_by([&file](const core::Block& block) { return file.run->announce(block, file.runs_done) == 0; });
  }
  // With critical routines no more than one job of each worker is on its way when one of them ends the run.
  const bool one_by_one = flow.has_critical() || (options.file && options.file->durability == Durability::record);
  batch.plan.lines_at_most = one_by_one ? 1 : std::max<uint64_t>(1, options.window / (2 * uint64_t{count}));
  if (flow.partition_by && count > 1) {  // a block is all of theirs
    run->inboxes.emplace(feed, count, one_by_one ? 1 : options.window / 4);
  }
  auto& workers = run->workers;
  const auto stop_all = [run = run.get()] {
    run->feed->stop();
    if (run->inboxes) run->inboxes->stop();
    for (const auto& worker : run->workers) worker->look_up();
  };
  for (uint32_t i = 0; i < count; ++i) {
    workers.push_back(std::make_unique<core::BatchWorker>(std::move(runners[i]), i, batch.plan, feed,
                                                          run->inboxes ? &*run->inboxes : nullptr, output, *run->errors,
                                                          stop_all));
    if (file.run) workers.back()->write_to(file.run.get(), file.runs_done);
  }
  if (flow.has_worker_slots()) {
    feed.on_full([run = run.get()] {
      for (const auto& worker : run->workers) worker->look_up();
    });
  }
  run->crew = std::make_unique<core::Crew>(workers, stop_all);
  std::string problem;
  // The blocks of partitioned runs are several workers': one that is lost would leave the others' output incomplete.
  if (flow.may_not_return() && !run->inboxes) {
    for (const auto& worker : workers) worker->watch();
    problem = run->crew->work_watched([&feed](core::BatchWorker& worker, const core::JobContext& job) {
      feed.end(worker.stuck_text(job));
      worker.abandon(job);
    });
  } else {
    problem = run->crew->work();
  }
  if (problem.empty()) output.finish();
  BatchResult result = concluded(*run, problem);
  if (run->crew->has_lost()) {
    result.must_end = true;
    run.release();  // NOLINT: a thread may still use it
  }
  return result;
}

}  // namespace runnel
