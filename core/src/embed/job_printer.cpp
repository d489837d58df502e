#include "embed/job_printer.hpp"

#include "base/diagnostic.hpp"

namespace runnel::core {

bool JobPrinter::print(JobContext& job, JobRunner& runner, bool is_unfinished, OutBuffer& out, OutBuffer& failures) {
  if (plan_.printed == Printed::record) {
    records_.write(out, job);
    return true;
  }
  if (job.status != Status::completed) report_end(job, failures);
  if (is_unfinished) return true;
  if (plan_.printed == Printed::emitted) {
    for (const Value item : runner.collected()) records_.write_line(out, item);
    return true;
  }
  Value selected{};
  Problem failure;
  if (runner.evaluate_finished(*plan_.select, selected, failure)) {
    records_.write_line(out, selected);
    return true;
  }
  failure.message = "--select: " + failure.message;
  report(job, failure, failures);
  return false;
}

void JobPrinter::print_lost(JobContext& job, OutBuffer& out, OutBuffer& failures) {
  if (plan_.printed == Printed::record) return records_.write(out, job);
  report_end(job, failures);
}

bool JobPrinter::is_bad_input(const JobContext& job) {
  return job.status == Status::failed && job.error_detail && job.error_detail->routine_id.empty() &&
         job.error_detail->code.starts_with("input.");
}

std::string JobPrinter::critical_text(const JobContext& job) const {
  return printable(records_.without_secrets(
      "routine \"" + job.error_detail->routine_id + "\" is critical and failed job " + to_std_string(job.job_id) +
      " (" + std::string(job.place.source) + ":" + std::to_string(job.place.line) + ")"));
}

void JobPrinter::report_end(const JobContext& job, OutBuffer& failures) const {
  if (job.error_detail) return report(job, *job.error_detail, failures);
  const std::string error =
      job.error.kind == RUNNEL_STRING ? to_std_string(job.error) : std::string(text_of(job.status));
  report(job, Problem{"", error, "", 1, "", ""}, failures);
}

// jobs.jsonl:3: job 0190...: failed: message (routine logic, flow.yaml:12:5)
void JobPrinter::report(const JobContext& job, const Problem& problem, OutBuffer& failures) const {
  std::string text = std::string(job.place.source) + ":" + std::to_string(job.place.line) + ": job " +
                     to_std_string(job.job_id) + ": " + std::string(text_of(job.status)) + ": " + problem.message;
  if (!problem.code.empty()) text += " [" + problem.code + "]";
  if (!problem.location.empty()) text += " at " + problem.location;
  failures.append(printable(records_.without_secrets(text)) + "\n");
}

}  // namespace runnel::core
