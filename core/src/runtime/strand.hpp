// One job from its first item to its final status. Its activations never overlap; everything here is one worker's.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "flow/flow.hpp"
#include "job/job_context.hpp"
#include "job/verdict.hpp"
#include "policy/slot_queues.hpp"
#include "runtime/item_queue.hpp"
#include "runtime/routine_set.hpp"
#include "runtime/suspensions.hpp"

namespace runnel::core {

struct StrandOptions {
  TraceLevel trace_level = TraceLevel::user;
  bool collect = false;  // keep the items of one event: --emit
  uint32_t collect_routine = 0;
  uint32_t collect_event = 0;
  const std::atomic<bool>* cancelled = nullptr;  // the run is: jobs end as soon as they can. Null: never
};

class Strand {
 public:
  // shared: carries what lies in the worker's slots instead of a job.
  Strand(const Flow&, RoutineSet&, SuspensionTable&, const StrandOptions&, bool shared = false);

  JobContext& job() { return job_; }
  // Delivers the job's data to its slot and runs until the job is final or all that is left to do is suspended. job()
  // is filled in and pending.
  void run(SlotRef slot, Value data);
  void condemn(const Verdict&);  // instead of run(): it fails
  bool is_waiting() const { return !is_final() && (!suspensions_.empty() || held_ > 0); }
  bool is_shared() const { return is_shared_; }
  bool is_scheduled() const { return is_scheduled_; }
  void unschedule() { is_scheduled_ = false; }
  void go_on();  // after something it waited for came
  void timer_fired();
  // The shared strand: activates the first routine in flush order with items in its slots. False: nothing is left.
  bool flush_shared(std::string_view reason);
  void park();  // what it reads from its input line it keeps itself from now on
  // A suspended activation of this job goes on, and then the job.
  void wake(uint64_t suspension, Continuation rest);
  void time_out(uint64_t suspension);  // instead of wake(): its time, or the job's, is over
  void park_again();                   // after wake(): if it has left enough garbage
  void cancel();                       // because the run was stopped
  bool was_cancelled() const { return was_cancelled_; }
  // [watchdog] As cancel(), while the worker's thread will never come back to this job.
  void cancel_frozen();
  int64_t deadline_us() const { return deadline_us_; }
  void give_up(std::string message);  // memory ran out in the middle of it
  std::span<const Value> collected() const { return collected_; }
  void reset();

 private:
  static constexpr size_t kArenaLimits =
      3;  // times the memory limit: live values, garbage, and the copy of a compaction
  static constexpr int64_t kNoDeadline = INT64_MAX / 2;
  static constexpr size_t kCompactionPays = size_t{4} * 1024 * 1024;

  bool is_final() const { return runnel::core::is_final(job_.status); }
  void run_until_quiet();
  bool flush_one();  // false: nothing was left to flush
  void flush(uint32_t routine, std::string_view reason);

  void deliver(const QueuedItem&);
  bool passes(const Connection&, const QueuedItem&);  // the connection's `when`
  Value mapped(const Connection&, Value item);
  void arrive(uint32_t routine, uint32_t slot, Value item, uint32_t hops);
  bool evaluate_condition(size_t expression, bool& holds);

  // Whether the policy takes what lies in the slots now; true: it did, or the judging failed.
  void judge(uint32_t routine);
  bool judge(uint32_t routine, const PolicySpec&);
  bool policy_is_true(uint32_t routine, const PolicySpec&);  // the policy's `when`
  bool judge_by_class(uint32_t routine, const PolicySpec&);
  void fail_judging(uint32_t routine, std::span<const SlotItems> lying);
  void activate_picked(uint32_t routine, Value message);
  int64_t policy_time() const;
  void judge_at(uint32_t routine, int64_t time);
  void fire_due();
  bool fire_before_resuming();
  void arm_timer();
  void disarm();

  // Worker-scoped slots: of the shared strand, then of a job's.
  void accept(Strand& owner, uint32_t routine, uint32_t slot, Value item, uint32_t hops);
  void go_on_shared();
  void serve(std::span<const uint64_t> owners);
  std::span<const uint64_t> owners_of(uint32_t routine, std::span<const SlotItems>);
  void find_served();
  struct OwnItems {
    std::vector<std::vector<Value>> items;  // by slot
    std::vector<SlotItems> view;
  };
  OwnItems items_of_job(uint32_t job, std::span<const SlotItems>, Strand& owner) const;  // copied for it
  void commit_served(uint32_t routine, uint32_t hops);
  void fail_served(uint32_t routine, const Problem&, std::span<const SlotItems>, uint32_t hops);
  void release_served();
  void discard_served(uint32_t routine);
  void take_back(uint64_t ticket, uint64_t& discarded);
  bool has_idle_memory();
  void release(uint64_t items);
  void schedule();
  void leave_shared();

  void activate_queued(uint32_t routine, uint32_t most, Value message);
  // Runs the routine's logic over the items and commits or drops what it did.
  void activate(uint32_t routine, std::span<const SlotItems>, Value first, uint32_t hops, Value message);
  void attempt(uint32_t routine, std::span<const SlotItems>, Value first, uint32_t hops, Value message);
  void prepare(uint32_t routine, std::span<const SlotItems>, Value first, Value message);
  // After the logic returned: what it did takes effect, is dropped, or is kept until it is finished.
  void settle(uint32_t routine, std::span<const SlotItems>, Value first, uint32_t hops, Value message);
  void commit(uint32_t routine, uint32_t hops);
  void keep_suspended(uint32_t routine, std::span<const SlotItems>, Value first, uint32_t hops, Value message);
  void resume(uint64_t suspension, const Continuation& rest);
  void take_up(Suspension&, std::span<const SlotItems>, const Continuation& rest);
  bool resume_first();
  void cancel_request();
  void drop_suspensions();
  void drop_suspension(std::map<uint64_t, Suspension>::iterator);
  Suspension& add_suspension(uint64_t id, uint32_t routine, std::span<const SlotItems>, Value first, uint32_t hops,
                             Value message);
  static void cancel_suspended(Suspension&);

  // In strand_retry.cpp.
  void fail_activation(uint32_t routine, std::span<const SlotItems>, Value first, uint32_t hops, Value message);
  bool retry_later(uint32_t routine, const Problem&, std::span<const SlotItems>, Value first, uint32_t hops,
                   Value message);
  void trace_error(uint32_t routine, const Problem&);

  // In strand_timeout.cpp.
  void start_clock();
  void begin_attempt(uint32_t routine) {
    if (!is_first_attempt_) attempt_ = {};
    is_first_attempt_ = true;
    if (flow_.routines[routine].timeout_us) limit_attempt(routine);
  }
  void limit_attempt(uint32_t routine);
  void show_pulse(uint32_t routine);
  bool has_time_left(std::optional<uint32_t> routine = {});  // false: the job has failed, in this routine
  bool has_time_left_for(const Suspension&);
  static std::string causes_of(const Attempt&, const std::string& failure);
  void fail_late(std::optional<uint32_t> routine);
  bool is_run_cancelled() const {
    return options_.cancelled && options_.cancelled->load(std::memory_order_relaxed) && !is_shared_;
  }
  std::string routine_timeout_text(uint32_t routine) const;
  void check_return();
  void arm(uint64_t id, Suspension&, int64_t delay_us, Continuation rest, bool is_shared);
  void arm_deadline(uint64_t id, Suspension&);
  int64_t time_left(const Suspension&) const;
  void enqueue(uint32_t routine, uint32_t event, Value item, uint32_t hops);

  void handle_failure(uint32_t routine, Problem&&, std::span<const SlotItems>, uint32_t hops);
  Value dead_letter(uint32_t routine, const Problem&, std::span<const SlotItems>);
  void fail_job(Problem&&);
  void complete_job(uint32_t routine);
  void finish(Status);
  void discard_slots(uint32_t routine);

  void trace(uint32_t routine, Value action, Value details);
  void trace_activated(uint32_t routine, std::span<const SlotItems>, Value message);
  void trace_served(uint32_t routine, std::span<const SlotItems>, Value message);
  void trace_emitted(uint32_t routine, uint32_t event, Value item);
  void collect(uint32_t routine, Value item);
  Problem memory_problem(uint32_t routine) const;
  void keep_memory_bounded(uint32_t routine);
  void compact();

  const Flow& flow_;
  RoutineSet& routines_;
  SuspensionTable* table_;
  const StrandOptions options_;

  JobContext job_;
  ItemQueue queue_;
  std::vector<SlotQueues> slots_;   // by routine
  std::vector<uint8_t> skipped_;    // by routine: takes no further items of this job
  std::vector<uint8_t> has_lying_;  // by routine: something may lie in its slots
  bool any_lying_ = false;
  bool any_skipped_ = false;
  std::vector<SlotItems> at_once_;   // for items that go straight to the logic
  std::vector<Emission> emissions_;  // of the running activation
  std::vector<Value> collected_;
  size_t collected_weight_ = 0;
  std::map<uint64_t, Suspension> suspensions_;  // in the order they were started
  bool line_in_arena_ = false;
  size_t park_above_ = 0;
  uint64_t outstanding_ = 0;  // items on their way and held, running and suspended activations; at zero it is quiet
  const bool is_shared_;
  bool is_scheduled_ = false;
  uint64_t ticket_ = 0;  // of this job in the worker's slots
  uint64_t held_ = 0;    // items of it there
  ServedJobs served_;    // by the activation of the shared strand that runs
  std::vector<uint64_t> served_tickets_;
  std::vector<uint64_t> owners_;   // scratch: of items taken
  std::vector<int64_t> due_;       // by routine: when its policy is to be judged again; 0: not. Empty: no timed policy
  std::vector<int64_t> taken_at_;  // by routine: its latest activation
  std::optional<EventLoop::TimerId> timer_;
  int64_t timer_due_ = 0;
  Judgement judgement_;
  std::vector<std::vector<Value>> picked_;  // by slot: what a class's policy chose
  std::vector<SlotItems> picked_view_;
  size_t compact_above_ = 0;         // bytes of the arena
  Attempt attempt_;                  // of the activation in context_
  bool is_first_attempt_ = true;     // attempt_ says nothing
  int64_t deadline_us_ = 0;          // of the job, monotonic
  int64_t virtual_deadline_us_ = 0;  // and in job time
  uint32_t deliveries_ = 0;          // since the clock was read
  uint64_t jitters_ = 0;             // random delays so far
  bool was_cancelled_ = false;
  bool has_critical_ = false;  // a routine of the flow is critical
  runnel_context context_;
};

}  // namespace runnel::core
