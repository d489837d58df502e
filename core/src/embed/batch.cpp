// run_batch: checks everything, starts the workers, and says how it ended.
#include "runnel/batch.hpp"

#include <algorithm>
#include <memory>

#include "embed/batch_run.hpp"
#include "embed/partition.hpp"
#include "embed/record_choice.hpp"
#include "embed/setup.hpp"
#include "runnel/isolation.hpp"

namespace runnel {

namespace {

BatchResult refused(int exit_code, std::string message) {
  BatchResult result;
  result.exit_code = exit_code;
  result.message = std::move(message);
  return result;
}

}  // namespace

const std::vector<std::string>& record_fields() { return core::RecordWriter::field_names(); }

BatchResult run_batch(const Flow& loaded, const RuntimeOptions& runtime, const BatchOptions& options) {
  auto run = std::make_unique<core::BatchRun>();
  run->flow = loaded.graph();
  const core::Flow& flow = *run->flow;
  core::CheckedBatch& batch = run->batch;
  if (std::string mistake = core::check_batch(flow, runtime, options, run->memory, batch); !mistake.empty())
    return refused(2, mistake);
  if (options.stopper) run->stop = options.stopper->state();
  batch.plan.cancelled = batch.jobs.strand.cancelled = run->stop ? &run->stop->cancelled() : nullptr;
  batch.plan.skips_bad_input = options.skip_bad_input;

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
  if (options.isolation) {
    run->relays = std::make_unique<core::RelayCrew>(options.isolation->workplace(), flow);
    int exit_code = 0;
    if (std::string problem = run->relays->start(count, exit_code); !problem.empty())
      return refused(exit_code, problem);
  }
  for (uint32_t i = 0; i < count && !run->relays; ++i) {
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
  if (core::StopRules& rules = run->rules.emplace(options.limits, feed); rules.any()) batch.plan.rules = &rules;
  // Where a failure ends the run, no more than one job of each worker is on its way then.
  const bool one_by_one =
      flow.has_critical() || batch.plan.rules || (options.file && options.file->durability == Durability::record);
  batch.plan.lines_at_most = one_by_one ? 1 : std::max<uint64_t>(1, options.window / (2 * uint64_t{count}));
  if (flow.partition_by && count > 1) {  // a block is all of theirs
    run->inboxes.emplace(feed, count, one_by_one ? 1 : options.window / 4);
  }
  auto& workers = run->workers;
  const auto stop_all = [run = run.get()] {
    run->feed->stop();
    if (run->inboxes) run->inboxes->stop();
    run->wake_workers();
  };
  for (uint32_t i = 0; i < runners.size(); ++i) {
    workers.push_back(std::make_unique<core::BatchWorker>(std::move(runners[i]), i, batch.plan, feed,
                                                          run->inboxes ? &*run->inboxes : nullptr, output, *run->errors,
                                                          stop_all));
    if (file.run) workers.back()->write_to(file.run.get(), file.runs_done);
  }
  if (flow.has_worker_slots()) {
    feed.on_full([run = run.get()] { run->wake_workers(); });
  }
  run->crew = std::make_unique<core::Crew>(workers, stop_all);
  run->listen(options.skip + 1);
  std::string problem;
  if (run->relays) {
    run->relays->work_at({&batch.plan, &feed, run->inboxes ? &*run->inboxes : nullptr, &output, run->errors.get(),
                          file.run.get(), file.runs_done, stop_all});
    problem = run->relays->work();
    // The blocks of partitioned runs are several workers': one that is lost would leave the others' output incomplete.
  } else if (flow.may_not_return() && !run->inboxes) {
    for (const auto& worker : workers) worker->watch();
    problem = run->crew->work_watched([&feed](core::BatchWorker& worker, const core::JobContext& job) {
      feed.end(worker.stuck_text(job));
      worker.abandon(job);
    });
  } else {
    problem = run->crew->work();
  }
  if (problem.empty()) output.finish();
  BatchResult result = run->concluded(problem);
  if (run->stop) run->stop->detach();
  result.must_end = run->relays && flow.may_not_return();  // what a library does at exit() is its own
  if (run->crew->has_lost()) {
    result.must_end = true;
    run.release();  // NOLINT: a thread may still use it
  }
  return result;
}

}  // namespace runnel
