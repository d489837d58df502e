#include "embed/batch_worker.hpp"

#include "base/clock.hpp"
#include "base/diagnostic.hpp"
#include "embed/block_requests.hpp"

namespace runnel::core {

void BatchWorker::work() {
  runner_->on_finished([this](JobContext& job) {
    print(job);
    hand_in(job.place.ordinal, job.place.ordinal);
  });
  runner_->flush_when([this] { return feed_.is_full(); });
  BlockSizer sizer(plan_.lines_at_most);
  while (take(sizer.lines())) {
    const int64_t start = monotonic_us();
    run_block();
    sizer.took(static_cast<uint32_t>(block_.lines.size()), monotonic_us() - start);
    runner_->loop().run_ready();
  }
  if (feed_.stopped()) stop_all_();
  watch_reader();
  runner_->flush_held();
  while (runner_->waiting() && !feed_.stopped()) runner_->loop().run_some();
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
  return runner_->waiting() ? waiter_.take(block_, most_lines) : feed_.take(block_, most_lines);
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

void BatchWorker::run_block() {
  JobRequest request;
  request.slot = plan_.slot;
  uint64_t first = block_.first_ordinal;  // of the jobs in out_
  for (size_t i = 0; i < block_.lines.size(); ++i) {
    fill_request(request, block_, i);
    if (runner_
            ->has_served()) {  // they go on before a new job comes, whenever the loop is looked at: always in one order
      hand_in(first, request.place.ordinal - 1);
      first = request.place.ordinal;
      runner_->run_served();
    }
    if (JobContext* job = runner_->run(request)) {
      print(*job);
    } else {  // it waits
      hand_in(first, request.place.ordinal - 1);
      first = request.place.ordinal + 1;
    }
  }
  hand_in(first, block_.first_ordinal + block_.lines.size() - 1);
}

void BatchWorker::print(JobContext& job) {
  if (plan_.printed == Printed::record) return records_.write(out_, job);
  if (job.status != Status::completed) {
    report(job, job.error_detail ? *job.error_detail : Problem{"", std::string(text_of(job.status)), "", 1, "", ""});
  }
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
