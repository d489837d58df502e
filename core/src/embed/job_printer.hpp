// A finished job as a batch prints it: its record, the items of --emit or what --select gives, and lines for people
// about what failed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/job_runner.hpp"
#include "sink/record_writer.hpp"

namespace runnel::core {

// What a job's line of output is.
enum class Printed : uint8_t { record, emitted, selected };

struct PrintPlan {
  Printed printed = Printed::record;
  std::optional<size_t> select;  // expression
  RecordOptions records;
};

// One worker's.
class JobPrinter {
 public:
  // The plan outlives this.
  explicit JobPrinter(const PrintPlan& plan) : plan_(plan), records_(plan.records) {}

  // The job that `runner` has just finished. False: what --select says of it failed. is_unfinished: it was cancelled,
  // as the run was stopped.
  bool print(JobContext&, JobRunner& runner, bool is_unfinished, OutBuffer& out, OutBuffer& failures);
  // A job that no runner has at hand.
  void print_lost(JobContext&, OutBuffer& out, OutBuffer& failures);

  static bool is_bad_input(const JobContext&);
  std::string critical_text(const JobContext&) const;  // what the run says at its end, before the number of jobs
  std::string without_secrets(const std::string& text) const { return records_.without_secrets(text); }

 private:
  void report(const JobContext&, const Problem&, OutBuffer& failures) const;
  void report_end(const JobContext&, OutBuffer& failures) const;

  const PrintPlan& plan_;
  RecordWriter records_;
};

}  // namespace runnel::core
