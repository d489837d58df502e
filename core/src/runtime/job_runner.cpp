#include "runtime/job_runner.hpp"

#include <utility>

#include "flow/evaluation.hpp"
#include "value/builder.hpp"
#include "value/hash.hpp"

namespace runnel::core {

JobRunner::JobRunner(const Flow& flow, uint32_t worker, std::unique_ptr<ScriptEngine> scripts,
                     const JobOptions& options)
    : flow_(flow),
      options_(options),
      mailbox_(Mailbox::open([this] { loop_.post([this] { read_mail(); }); })),
      routines_(flow, std::move(scripts)),
      strand_(std::make_unique<Strand>(flow, routines_, table_, options.strand)),
      worker_id_("w" + std::to_string(options.deterministic ? 0 : worker)) {
  table_.suspender.mailbox = mailbox_->id();
  table_.loop = &loop_;
  table_.wake = [this](uint64_t suspension, Continuation rest) { wake(suspension, std::move(rest)); };
  table_.time_out = [this](uint64_t suspension) { time_out(suspension); };
  table_.in_start_order = options.deterministic;
  table_.timer_due = [this](Strand& strand) { resume(strand, [](Strand& timed) { timed.timer_fired(); }); };
  table_.schedule = [this] {
    if (!std::exchange(run_is_posted_, true)) loop_.post([this] { run_served(); });
  };
  if (!flow.has_worker_slots()) return;
  shared_ = std::make_unique<Strand>(flow, routines_, table_, options.strand, true);
  shared_->job().clock = options.deterministic ? JobClock::virtual_for(0) : JobClock(ticks_);
  table_.shared = shared_.get();
}

JobRunner::~JobRunner() {
  mailbox_->close();
  finished_ = [](JobContext&) {};
  cancel_waiting();
}

JobContext* JobRunner::run(const JobRequest& request) {
  if (is_cancelled() && !request.verdict) return cancel_unrun(request);
  Strand& strand = *strand_;
  shown_ = &strand;
  strand.reset();
  ++counts_.posted;
  JobContext& job = strand.job();
  identify(request);
  Value data{};
  try {
    if (read_input(request, data)) {
      job.post_data = data;
      table_.running = &strand;
      if (request.verdict) {
        strand.condemn(*request.verdict);
      } else {
        strand.run(request.slot, data);
      }
      if (table_.pulse) table_.pulse->end();
      if (strand.is_waiting()) strand.park();
      table_.running = nullptr;
      if (strand.is_waiting()) {
        std::unique_ptr<Strand> next = take_spare();
        waiting_.emplace(&strand, nullptr);
        waiting_[&strand] = std::exchange(strand_, std::move(next));
        return nullptr;
      }
    }
  } catch (...) {  // out of memory: nothing of this job may wake up in the next one
    table_.running = nullptr;
    if (table_.pulse) table_.pulse->end();
    strand.reset();
    throw;
  }
  count(job.status);
  return &job;
}

JobContext* JobRunner::cancel_unrun(const JobRequest& request) {
  unrun_.emplace();
  describe_unrun(request, *unrun_);
  unrun_->error = {};
  ++counts_.posted;
  ++counts_.cancelled;
  shown_ = nullptr;
  return &*unrun_;
}

std::unique_ptr<Strand> JobRunner::take_spare() {
  if (spare_.empty()) return std::make_unique<Strand>(flow_, routines_, table_, options_.strand);
  std::unique_ptr<Strand> strand = std::move(spare_.back());
  spare_.pop_back();
  return strand;
}

void JobRunner::count(Status status) {
  switch (status) {
    case Status::completed:
      ++counts_.completed;
      break;
    case Status::failed:
      ++counts_.failed;
      break;
    case Status::cancelled:
      ++counts_.cancelled;
      break;
    default:
      break;  // the counts then do not add up, which is found at the end of the run
  }
}

void JobRunner::read_mail() {
  for (Mailbox::Letter& letter : mailbox_->take()) wake(letter.suspension, std::move(letter.rest));
}

void JobRunner::wake(uint64_t suspension, Continuation rest) {
  const auto at = table_.strands.find(suspension);
  if (at == table_.strands.end()) {
    ++table_.late;
    return;
  }
  resume(*at->second, [&](Strand& strand) { strand.wake(suspension, std::move(rest)); });
}

void JobRunner::time_out(uint64_t suspension) {
  const auto at = table_.strands.find(suspension);
  if (at != table_.strands.end()) resume(*at->second, [&](Strand& strand) { strand.time_out(suspension); });
}

// Something a strand waited for came.
template <class Step>
void JobRunner::resume(Strand& strand, const Step& step) {
  shown_ = &strand;
  table_.running = &strand;
  if (table_.pulse && !strand.is_shared()) table_.pulse->begin(strand.job(), strand.deadline_us());
  try {
    if (is_cancelled() && !strand.is_shared()) {
      strand.cancel();
    } else {
      step(strand);
    }
    if (!strand.is_shared()) strand.park_again();
  } catch (const std::exception& error) {
    if (strand.is_shared()) throw;
    strand.give_up(error.what());
  }
  if (table_.pulse) table_.pulse->end();
  table_.running = nullptr;
  if (!strand.is_shared() && !strand.is_waiting()) hand_over(strand);
  look_at_held();
}

// Jobs whose items in the worker's slots are done with go on.
void JobRunner::run_served() {
  run_is_posted_ = false;
  while (!table_.ready.empty()) {
    Strand& strand = *table_.ready.front();
    table_.ready.pop_front();
    strand.unschedule();
    resume(strand, [](Strand& served) { served.go_on(); });
  }
  look_at_held();
}

void JobRunner::flush_held() {
  flushes_ = true;
  look_at_held();
}

void JobRunner::look_at_held() {
  if (!shared_ || table_.running || !table_.ready.empty() || !table_.strands.empty()) return;
  if (flushes_ || (full_ && full_())) shared_->flush_shared(flushes_ ? "flush" : "window");
}

void JobRunner::hand_over(Strand& strand) {
  constexpr size_t kMostSpare = 64;
  if (strand.is_scheduled()) {
    std::erase(table_.ready, &strand);
    strand.unschedule();
  }
  const auto node = waiting_.extract(&strand);
  shown_ = &strand;
  count(strand.job().status);
  finished_(strand.job());
  if (spare_.size() >= kMostSpare) return;
  strand.reset();
  spare_.push_back(std::move(node.mapped()));
}

void JobRunner::cancel_waiting() {
  while (!waiting_.empty()) {
    Strand& strand = *waiting_.begin()->first;
    strand.cancel();
    hand_over(strand);
  }
}

bool JobRunner::evaluate_finished(size_t expression, Value& out, Problem& failure) {
  scratch_.reset();  // the job's own memory may be exhausted
  runnel_context context =
      evaluation_context(flow_, routines_.scripts(), routines_.next_activation(), scratch_, &shown_->job());
  if (evaluate(context, expression_value(expression), out)) return true;
  failure = std::move(context.failure);
  return false;
}

}  // namespace runnel::core
