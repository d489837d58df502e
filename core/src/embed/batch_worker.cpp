#include "embed/batch_worker.hpp"

#include "base/clock.hpp"
#include "base/diagnostic.hpp"

namespace runnel::core {

void BatchWorker::work() {
  BlockSizer sizer(plan_.lines_at_most);
  while (feed_.take(block_, sizer.lines())) {
    const int64_t start = monotonic_us();
    run_block();
    sizer.took(static_cast<uint32_t>(block_.lines.size()), monotonic_us() - start);
    const uint64_t jobs = block_.lines.size();
    const uint64_t last = block_.first_ordinal + jobs - 1;
    if (plan_.printed != Printed::record) errors_.submit(block_.number, last, jobs, failures_);
    output_.submit(block_.number, last, jobs, out_);
    if (output_.error()) feed_.stop();  // another worker may be waiting for input
    loop_.run_ready();
  }
}

void BatchWorker::run_block() {
  JobRequest request;
  request.slot = plan_.slot;
  request.place.source = block_.source;
  for (size_t i = 0; i < block_.lines.size(); ++i) {
    const Line& line = block_.lines[i];
    request.text = block_.text(line);
    request.place.line = block_.first_line + line.line;
    request.place.ordinal = block_.first_ordinal + i;
    request.number = request.place.ordinal;
    request.too_long = line.too_long;
    request.text_hash = block_.long_line_hash;
    print(runner_->run(request));
  }
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
