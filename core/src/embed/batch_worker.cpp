#include "embed/batch_worker.hpp"

#include "base/clock.hpp"
#include "base/diagnostic.hpp"
#include "embed/block_requests.hpp"

namespace runnel::core {

void BatchWorker::work() {
  runner_->on_finished([this](JobContext& job) {
    is_unfinished_ = runner_->was_cancelled();
    print(job);
    hand_in(job.place.ordinal, job.place.ordinal);
  });
  runner_->flush_when([this] { return feed_.is_full(); });
  BlockSizer sizer(plan_.lines_at_most);
  while (take(sizer.lines())) {
    if (shared_) {
      run_share();
    } else {
      const int64_t start = monotonic_us();
      run(block_);
      sizer.took(static_cast<uint32_t>(block_.lines.size()), monotonic_us() - start);
    }
    runner_->loop().run_ready();
  }
  if (feed_.stopped()) stop_all_();
  watch_reader();
  runner_->flush_held();
  while (runner_->waiting() && !feed_.stopped() && !is_cancelled()) runner_->loop().run_some();
  runner_->cancel_waiting();
}

// What the run says at its end, before the number of jobs.
std::string BatchWorker::critical_text(const JobContext& job) const {
  return printable(records_.without_secrets(
      "routine \"" + job.error_detail->routine_id + "\" is critical and failed job " + to_std_string(job.job_id) +
      " (" + std::string(job.place.source) + ":" + std::to_string(job.place.line) + ")"));
}

// There is no input left to wait for, beside which the output's reader is watched.
void BatchWorker::watch_reader() {
  constexpr int64_t kEvery = 200'000;  // us
  if (runner_->waiting() == 0) return;
  if (!output_.look_for_reader()) return stop_all_();
  runner_->loop().after(kEvery, [this] { watch_reader(); });
}

bool BatchWorker::take(uint32_t most_lines) {
  return runner_->waiting() ? waiter_.take(most_lines) : take_now(most_lines);
}

bool BatchWorker::take_now(uint32_t most_lines) {
  if (!inboxes_) return feed_.take(block_, most_lines);
  shared_ = inboxes_->take(number_);
  return shared_ != nullptr;
}

void BatchWorker::look_up() {
  runner_->loop().post([this] { runner_->look_at_held(); });
}

// The output of the jobs from ordinal `first` to `last`, which stands in out_.
void BatchWorker::hand_in(uint64_t first, uint64_t last) {
  if (first > last) return;
  if (feed_.stopped()) failures_.clear();  // nobody reads the output any more: quietly
  if (plan_.printed != Printed::record) errors_.submit(first, last, failures_);
  output_.submit(first, last, out_);
  if (output_.error()) stop_all_();  // others may be waiting for input, or for their jobs
}

void BatchWorker::count_again(const JobContext& job) {
  ++counts_again_.posted;
  counts_again_.completed += job.status == Status::completed;
  counts_again_.failed += job.status == Status::failed;
  counts_again_.cancelled += job.status == Status::cancelled;
  counts_again_.bad_input += job.status == Status::failed && job.error_detail->code.starts_with("input.");
}

void BatchWorker::run(const Block& block) {
  JobRequest request;
  request.slot = plan_.slot;
  first_ = block.first_ordinal;
  in_block_ = true;
  for (running_ = 0; running_ < block.lines.size(); ++running_) {
    if (is_passed(block.first_ordinal + running_)) continue;
    fill_request(request, block, running_);
    if (runner_
            ->has_served()) {  // they go on before a new job comes, whenever the loop is looked at: always in one order
      hand_in(first_, request.place.ordinal - 1);
      first_ = request.place.ordinal;
      runner_->run_served();
    }
    if (JobContext* job = run_job(request)) {
      print(*job);
    } else {  // it waits
      hand_in(first_, request.place.ordinal - 1);
      first_ = request.place.ordinal + 1;
    }
  }
  in_block_ = false;
  hand_in(first_, block.first_ordinal + block.lines.size() - 1);
}

// As JobRunner::run(), unless the run was cancelled meanwhile.
JobContext* BatchWorker::run_job(const JobRequest& request) {
  if (!is_cancelled()) {
    JobContext* const job = runner_->run(request);
    is_unfinished_ = job && runner_->was_cancelled();
    return job;
  }
  unrun_.emplace();
  runner_->describe_unrun(request, *unrun_);
  unrun_->error = {};
  ++lost_.posted;
  ++lost_.cancelled;
  is_unfinished_ = true;
  return &*unrun_;
}

bool BatchWorker::is_bad_input(const JobContext& job) const {
  return job.status == Status::failed && job.error_detail && job.error_detail->routine_id.empty() &&
         job.error_detail->code.starts_with("input.");
}

void BatchWorker::print(JobContext& job) {
  if (is_done(job.place.ordinal)) return count_again(job);
  if (is_unfinished_) {
    ++unfinished_;
    if (file_) return;  // it is not done
  }
  if (job.is_critical) feed_.end(critical_text(job));
  if (plan_.rules) {
    plan_.rules->count({1, job.status == Status::completed, job.status == Status::failed,
                        job.status == Status::cancelled, is_bad_input(job)});
  }
  if (plan_.skips_bad_input && is_bad_input(job)) return;
  ++written_;
  if (plan_.printed == Printed::record) return records_.write(out_, job);
  print_finished(job);
}

void BatchWorker::print_finished(JobContext& job) {
  if (job.status != Status::completed) {
    report(job, job.error_detail ? *job.error_detail : Problem{"", std::string(text_of(job.status)), "", 1, "", ""});
  }
  if (is_unfinished_) return;
  if (plan_.printed == Printed::emitted) {
    for (const Value item : runner_->collected()) records_.write_line(out_, item);
    return;
  }
  Value selected{};
  Problem failure;
  if (runner_->evaluate_finished(*plan_.select, selected, failure)) {
    records_.write_line(out_, selected);
  } else {
    ++failed_selects_;
    failure.message = "--select: " + failure.message;
    report(job, failure);
  }
}

// jobs.jsonl:3: job 0190...: failed: message (routine logic, flow.yaml:12:5)
void BatchWorker::report(const JobContext& job, const Problem& problem) {
  std::string text = std::string(job.place.source) + ":" + std::to_string(job.place.line) + ": job " +
                     to_std_string(job.job_id) + ": " + std::string(text_of(job.status)) + ": " + problem.message;
  if (!problem.code.empty()) text += " [" + problem.code + "]";
  if (!problem.location.empty()) text += " at " + problem.location;
  failures_.append(printable(records_.without_secrets(text)) + "\n");
}

}  // namespace runnel::core
