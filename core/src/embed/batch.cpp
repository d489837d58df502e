// run_batch: checks everything, starts the workers, and says how it ended.
#include "runnel/batch.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

#include "base/diagnostic.hpp"
#include "embed/batch_worker.hpp"
#include "embed/setup.hpp"

namespace runnel {

namespace {

BatchResult refused(int exit_code, std::string message) { return {exit_code, {}, std::move(message)}; }

std::string plan_fields(const std::vector<std::string>& fields) {
  const std::vector<std::string>& known = record_fields();
  for (const std::string& field : fields) {
    if (std::find(known.begin(), known.end(), field) != known.end()) continue;
    std::string message = "no record key \"" + core::printable(field) + "\"";
    if (std::string hint = core::suggest(field, known); !hint.empty()) message += "; " + hint;
    return message;
  }
  return "";
}

// Where jobs go and what is printed, or the mistake in it.
std::string make_plan(const core::Flow& flow, const BatchOptions& options, core::BatchPlan& plan,
                      core::JobOptions& jobs) {
  std::string mistake =
      options.post.empty() ? core::find_entry(flow, plan.slot) : core::find_slot(flow, options.post, plan.slot);
  if (!mistake.empty()) return options.post.empty() ? mistake : "--post: " + mistake;
  if (mistake = plan_fields(options.fields); !mistake.empty()) return "--fields: " + mistake;
  plan.records.fields = options.fields;
  plan.records.pretty = options.pretty;
  plan.records.write.ascii = options.ascii;
  plan.records.secrets = flow.secrets;
  plan.select = flow.select;
  if (plan.select) {
    if (!options.fields.empty()) return "--fields chooses keys of records; --select prints an expression";
    plan.printed = core::Printed::selected;
  }
  if (options.emit.empty()) return "";
  if (plan.select) return "--emit and --select exclude each other";
  core::SlotRef event;
  if (mistake = core::find_event(flow, options.emit, event); !mistake.empty()) return "--emit: " + mistake;
  const core::Routine& emitter = flow.routines[event.routine];
  if (event.slot == emitter.error_event() && !emitter.has_error_connection()) {
    return "--emit: the event \"error\" of routine \"" + emitter.id + "\" is emitted only when it is connected";
  }
  if (!options.fields.empty()) return "--fields chooses keys of records; --emit prints items";
  plan.printed = core::Printed::emitted;
  jobs.strand.collect = true;
  jobs.strand.collect_routine = event.routine;
  jobs.strand.collect_event = event.slot;
  return "";
}

// All workers, one of them on this thread, until there is no more input. The first problem ends the run.
class Crew {
 public:
  Crew(std::vector<std::unique_ptr<core::BatchWorker>>& workers, core::LineFeed& feed)
      : workers_(workers), feed_(feed) {}

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
    feed_.stop();
  }

  std::vector<std::unique_ptr<core::BatchWorker>>& workers_;
  core::LineFeed& feed_;
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
  core::JobOptions jobs;
  core::BatchPlan plan;
  if (std::string mistake = core::job_options(flow, runtime, memory, jobs); !mistake.empty())
    return refused(2, mistake);
  if (std::string mistake = make_plan(flow, options, plan, jobs); !mistake.empty()) return refused(2, mistake);
  if (options.window == 0) return refused(2, "--window must be at least 1");

  core::BlockReader reader(options.data ? std::vector<std::string>{} : options.inputs, options.output);
  if (const auto failure = reader.check(); failure.error) {
    return refused(2, core::printable(failure.source) + ": cannot be read: " + std::strerror(failure.error));
  }
  core::OrderedWriter output(options.output, options.in_order);
  core::OrderedWriter errors(options.errors, options.in_order);
  core::LineFeed feed(reader, output, options.window, options.data);

  const uint32_t count = workers_for(loaded, runtime.workers);
  plan.lines_at_most = std::max<uint64_t>(1, options.window / (2 * uint64_t{count}));
  std::vector<std::unique_ptr<core::BatchWorker>> workers;
  for (uint32_t i = 0; i < count; ++i) {
    auto runner = core::make_runner(flow, i, jobs);
    if (!runner->problem().empty()) return refused(2, runner->problem());
    workers.push_back(std::make_unique<core::BatchWorker>(std::move(runner), plan, feed, output, errors));
  }
  if (std::string problem = Crew(workers, feed).work(); !problem.empty()) return refused(71, problem);
  output.finish();

  BatchResult result;
  uint64_t failed_selects = 0;
  for (const auto& worker : workers) {
    result.counts.add(worker->counts());
    failed_selects += worker->failed_selects();
  }
  const int write_error = reader.reader_gone() ? EPIPE : output.error();
  const core::ReadFailure& read = reader.failure();
  result.exit_code = exit_code_of(result.counts, write_error, read.error);
  if (result.exit_code == 0 && failed_selects) result.exit_code = 1;
  if (write_error && write_error != EPIPE)
    result.message = std::string("cannot write the output: ") + std::strerror(write_error);
  else if (!write_error && read.error)
    result.message = core::printable(read.source) + ": cannot be read on: " + std::strerror(read.error);
  else if (result.exit_code == 70)
    result.message = "the jobs do not add up; please report this";
  return result;
}

}  // namespace runnel
