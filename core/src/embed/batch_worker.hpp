// One worker of a batch: takes a block, runs each of its jobs to the end, hands in the block's output. Jobs that wait
// for something leave a gap, which is filled when they are done.
#pragma once

#include <functional>
#include <optional>

#include "embed/block_sizer.hpp"
#include "embed/file_run.hpp"
#include "embed/input_waiter.hpp"
#include "embed/job_printer.hpp"
#include "embed/line_feed.hpp"
#include "embed/stop_rules.hpp"
#include "embed/worker_inboxes.hpp"
#include "embed/worker_totals.hpp"
#include "runnel/batch.hpp"
#include "runtime/job_runner.hpp"
#include "sink/ordered_writer.hpp"

namespace runnel::core {

struct BatchPlan : PrintPlan {
  SlotRef slot;
  bool in_order = true;
  uint64_t lines_at_most = 1;  // of a block
  StopRules* rules = nullptr;  // of the failures that end the run; null: none
  bool skips_bad_input = false;
  const std::atomic<bool>* cancelled = nullptr;  // the run is; null: it never will be
};

class BatchWorker {
 public:
  // inboxes: where its blocks come from, as those of worker `number`; null: straight from the feed.
  BatchWorker(std::unique_ptr<JobRunner> runner, uint32_t number, const BatchPlan& plan, LineFeed& feed,
              WorkerInboxes* inboxes, OrderedWriter& output, OrderedWriter& errors, std::function<void()> stop_all)
      : runner_(std::move(runner)),
        number_(number),
        plan_(plan),
        feed_(feed),
        inboxes_(inboxes),
        output_(output),
        errors_(errors),
        stop_all_(std::move(stop_all)),
        printer_(plan) {}

  // Before work(): records go to a file. runs_done: jobs that are done run again, without a record.
  void write_to(FileRun* file, bool runs_done) {
    file_ = file;
    runs_done_ = runs_done;
  }

  void work();     // until there is no more input and no job waits, or the run was stopped
  void look_up();  // [any thread] the run was stopped, which ends the waiting, or no more jobs are admitted for now
  WorkerTotals totals() const;
  // [watchdog] The worker's thread is lost in a routine of this job, which Pulse::condemn() took from it: hands in what
  // was finished, the job as failed, and the others it has as cancelled. What happened, for people.
  void abandon(const JobContext& stuck);
  std::string stuck_text(const JobContext& stuck) const;
  Pulse& pulse() { return pulse_; }
  void watch() { runner_->watch(pulse_); }  // before work()

 private:
  bool take(uint32_t most_lines);
  bool take_now(uint32_t most_lines);
  void watch_reader();
  void abandon_rest(uint64_t first, size_t from);
  void print_lost(JobContext&);
  void run(const Block&);
  JobContext* run_job(const JobRequest&);
  bool is_cancelled() const { return plan_.cancelled && plan_.cancelled->load(std::memory_order_relaxed); }
  void run_share();
  void run_share_in_completion_order();
  void join_shares();
  bool is_done(uint64_t ordinal) const { return file_ && file_->done().has(ordinal); }
  bool is_passed(uint64_t ordinal) const { return !runs_done_ && is_done(ordinal); }  // it does not run
  void count_again(const JobContext&);
  void hand_in(uint64_t first, uint64_t last);
  void print(JobContext&);

  std::unique_ptr<JobRunner> runner_;
  const uint32_t number_;
  const BatchPlan& plan_;
  LineFeed& feed_;
  WorkerInboxes* const inboxes_;
  OrderedWriter& output_;
  OrderedWriter& errors_;
  std::function<void()> stop_all_;
  JobPrinter printer_;
  InputWaiter waiter_{runner_->loop(), [this](uint32_t most_lines) { return take_now(most_lines); }};
  Block block_;
  std::shared_ptr<SharedBlock> shared_;  // with inboxes, instead of block_
  OutBuffer out_;
  OutBuffer failures_{1024};
  WorkerTotals totals_;  // but for what the runner counts
  FileRun* file_ = nullptr;
  bool runs_done_ = false;
  bool is_unfinished_ = false;  // the job that is printed: the run was stopped before its end
  uint64_t first_ = 0;          // of the jobs in out_
  size_t running_ = 0;          // the line of block_ whose job runs
  bool in_block_ = false;
  Pulse pulse_;
};

}  // namespace runnel::core
