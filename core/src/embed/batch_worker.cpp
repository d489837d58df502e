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
  ++totals_.again.posted;
  totals_.again.completed += job.status == Status::completed;
  totals_.again.failed += job.status == Status::failed;
  totals_.again.cancelled += job.status == Status::cancelled;
  totals_.again.bad_input += job.status == Status::failed && job.error_detail->code.starts_with("input.");
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

JobContext* BatchWorker::run_job(const JobRequest& request) {
  JobContext* const job = runner_->run(request);
  is_unfinished_ = job && runner_->was_cancelled();
  return job;
}

void BatchWorker::print(JobContext& job) {
  if (is_done(job.place.ordinal)) return count_again(job);
  if (is_unfinished_) {
    ++totals_.unfinished;
    if (file_) return;  // it is not done
  }
  const bool is_bad_input = JobPrinter::is_bad_input(job);
  if (job.is_critical) feed_.end(printer_.critical_text(job));
  if (plan_.rules) {
    plan_.rules->count({1, job.status == Status::completed, job.status == Status::failed,
                        job.status == Status::cancelled, is_bad_input});
  }
  if (plan_.skips_bad_input && is_bad_input) return;
  ++totals_.written;
  if (!printer_.print(job, *runner_, is_unfinished_, out_, failures_)) ++totals_.failed_selects;
}

}  // namespace runnel::core
