// What one worker does with a posted job: reads its text, runs it, and leaves its JobContext ready to be written.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <runnel/job_counts.hpp>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/job_id.hpp"
#include "flow/flow.hpp"
#include "job/job_context.hpp"
#include "job/job_request.hpp"
#include "runtime/event_loop.hpp"
#include "runtime/routine_set.hpp"
#include "runtime/strand.hpp"
#include "value/reader.hpp"

namespace runnel::core {

struct JobOptions {
  StrandOptions strand;
  bool deterministic = false;  // virtual clock, ids from position and content, worker w0
  Value metadata{};            // of every job; an object that outlives the run
  bool stable_ids = false;     // ids from position and content, as deterministic makes them
};

class JobRunner {
 public:
  JobRunner(const Flow&, uint32_t worker, std::unique_ptr<ScriptEngine>, const JobOptions&);
  ~JobRunner();  // jobs that still wait are cancelled, without a word
  JobRunner(const JobRunner&) = delete;
  JobRunner& operator=(const JobRunner&) = delete;

  const std::string& problem() const { return routines_.problem(); }  // not "": no job can run
  // Runs the job to its final status: valid until the next call, and so long the request's text must live. Null: it
  // waits for something, has copied what it needs, and is handed to `finished` when it is final. Where the run is
  // cancelled the job does not run and is cancelled.
  JobContext* run(const JobRequest&);
  // Called in the loop of jobs that waited; the job is valid during the call.
  void on_finished(std::function<void(JobContext&)> finished) { finished_ = std::move(finished); }
  size_t waiting() const { return waiting_.size(); }
  const JobContext* latest_waiting() const { return &shown_->job(); }  // after run() gave null
  void cancel_waiting();
  // Of the job that run() returned or `finished` was given: it ended because the run was stopped.
  bool was_cancelled() const { return !shown_ || shown_->was_cancelled(); }
  // What lies in the worker's slots is flushed when nothing else can go on: while `full` says that no job can come
  // before one is done, and, after flush_held(), because none will.
  void flush_when(std::function<bool()> full) { full_ = std::move(full); }
  void flush_held();
  // Jobs whose items in the worker's slots are done with, and which can go on.
  bool has_served() const { return !table_.ready.empty(); }
  void run_served();
  void look_at_held();                                 // for when `full` may have become true
  void watch(Pulse& pulse) { table_.pulse = &pulse; }  // before the first job
  // Before the first job: the worker's state, and who is told of what is written to it.
  WorkerState& state() { return routines_.state(); }
  void keep_state_in(StateJournal& journal) { routines_.writes().tell(&journal); }
  // Waiting jobs go on in here: run_ready() now and then, run_some() when there is nothing else to do.
  EventLoop& loop() { return loop_; }

  // The following two are of the job that run() returned or `finished` was given.
  std::span<const Value> collected() const { return shown_->collected(); }
  const JobCounts& counts() const { return counts_; }
  uint64_t late_finishes() const { return table_.late; }

  // [watchdog] After Pulse::condemn() has taken a job from the worker. A job as failed by its timeout, without touching
  // what the routine may still change; `routine`: the one that does not return.
  void describe_stuck(const JobContext& stuck, uint32_t routine, JobContext& out) const;
  // A job that will not be run: cancelled, its error is that its worker is lost; its data as posted, if it can be read.
  void describe_unrun(const JobRequest&, JobContext& out) const;
  // The jobs that wait, but for the stuck one, as cancelled.
  void cancel_frozen(const JobContext& stuck, const std::function<void(JobContext&)>& print);
  // An expression for the finished job (--select); false: problem in `failure`.
  bool evaluate_finished(size_t expression, Value& out, Problem& failure);

 private:
  bool is_cancelled() const {
    return options_.strand.cancelled && options_.strand.cancelled->load(std::memory_order_relaxed);
  }
  JobContext* cancel_unrun(const JobRequest&);
  void identify(const JobRequest&);
  bool read_input(const JobRequest&, Value& data);
  bool take_base_metadata(const JobRequest&);
  bool add_metadata(const JobRequest&, Value data, Value own);
  void refuse(const JobRequest&, std::string_view code, std::string message, size_t offset);
  void refuse(std::string_view code, std::string message, std::string location);
  void count(Status);
  void read_mail();
  void wake(uint64_t suspension, Continuation rest);
  void time_out(uint64_t suspension);
  template <class Step>
  void resume(Strand&, const Step&);
  void hand_over(Strand&);
  std::unique_ptr<Strand> take_spare();

  const Flow& flow_;
  const JobOptions options_;
  EventLoop loop_;
  SuspensionTable table_;
  std::shared_ptr<Mailbox> mailbox_;
  RoutineSet routines_;
  std::unique_ptr<Strand> shared_;  // carries the worker's slots, if the flow has any
  std::unique_ptr<Strand> strand_;  // of the job that runs now
  bool run_is_posted_ = false;
  bool flushes_ = false;
  std::function<bool()> full_;
  Strand* shown_ = nullptr;          // null: the latest job did not run, and is unrun_
  std::optional<JobContext> unrun_;  // one after the other
  std::unordered_map<Strand*, std::unique_ptr<Strand>> waiting_;
  std::vector<std::unique_ptr<Strand>> spare_;
  std::function<void(JobContext&)> finished_ = [](JobContext&) {};
  Reader reader_;
  UuidSource uuids_;
  TickClock ticks_;
  const std::string worker_id_;
  JobCounts counts_;
  Arena scratch_;  // of values made after the job's end
};

}  // namespace runnel::core
