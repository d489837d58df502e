// A worker whose thread is lost in a native routine: its jobs, as the watchdog records them.
#include "base/diagnostic.hpp"
#include "embed/batch_worker.hpp"
#include "embed/block_requests.hpp"

namespace runnel::core {

WorkerTotals BatchWorker::totals() const {
  WorkerTotals totals = totals_;
  totals.counts.add(runner_->counts());
  totals.late_finishes = runner_->late_finishes();
  return totals;
}

std::string BatchWorker::stuck_text(const JobContext& stuck) const {
  JobContext job;
  runner_->describe_stuck(stuck, pulse_.routine(), job);
  return printable(printer_.without_secrets("job " + to_std_string(job.job_id) + " (" + std::string(job.place.source) +
                                            ":" + std::to_string(job.place.line) + "): " + job.error_detail->message +
                                            "; its worker's other jobs are cancelled, as only a process of its own "
                                            "could stop it (--isolate)"));
}

void BatchWorker::abandon(const JobContext& stuck) {
  JobContext job;
  runner_->describe_stuck(stuck, pulse_.routine(), job);
  ++totals_.counts.failed;  // it was counted as posted
  if (in_block_ && stuck.place.ordinal == block_.first_ordinal + running_) {
    print_lost(job);
    abandon_rest(first_, running_ + 1);
  } else {
    print_lost(job);
    hand_in(job.place.ordinal, job.place.ordinal);
  }
  runner_->cancel_frozen(stuck, [this](JobContext& waiting) {
    ++totals_.counts.cancelled;
    print_lost(waiting);
    hand_in(waiting.place.ordinal, waiting.place.ordinal);
  });
  if (waiter_.take_from_lost()) abandon_rest(block_.first_ordinal, 0);
}

// The jobs of the block from line `from` on, behind what stands in out_ from ordinal `first` on.
void BatchWorker::abandon_rest(uint64_t first, size_t from) {
  JobRequest request;
  request.slot = plan_.slot;
  for (size_t i = from; i < block_.lines.size(); ++i) {
    if (is_passed(block_.first_ordinal + i)) continue;
    fill_request(request, block_, i);
    JobContext job;
    runner_->describe_unrun(request, job);
    ++totals_.counts.posted;
    ++totals_.counts.cancelled;
    print_lost(job);
  }
  hand_in(first, block_.first_ordinal + block_.lines.size() - 1);
}

void BatchWorker::print_lost(JobContext& job) {
  if (is_done(job.place.ordinal)) return count_again(job);
  if (job.status == Status::cancelled) {
    ++totals_.unfinished;
    if (file_) return;  // it is not done
  }
  ++totals_.written;
  printer_.print_lost(job, out_, failures_);
}

}  // namespace runnel::core
