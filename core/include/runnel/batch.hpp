// A batch: JSON lines in, records out, over all workers of a flow. What `runnel run` does.
#pragma once

#include <cstdint>
#include <optional>
#include <runnel/job_counts.hpp>
#include <runnel/runtime.hpp>
#include <string>
#include <vector>

namespace runnel {

struct BatchOptions {
  std::vector<std::string> inputs{"-"};  // files; "-": standard input
  std::optional<std::string> data;       // one job of this JSON text instead
  std::string post;                      // ROUTINE.SLOT; "": the flow's entry
  std::string emit;                      // ROUTINE.EVENT: print its items instead of records; "": records
  std::vector<std::string> fields;       // of the records; empty: all
  bool pretty = false;
  bool ascii = false;
  bool in_order = true;    // records in input order; otherwise as jobs finish
  uint64_t window = 4096;  // job k starts when k < first unwritten + window
  int output = 1;          // descriptors
  int errors = 2;          // failures, where no records are printed
};

struct BatchResult {
  int exit_code = 0;  // 0, 1, 2, 70, 71, 74 or 141, as README.md lists them
  JobCounts counts;
  std::string message;  // why the run could not start or stopped; "" otherwise
};

// Everything is checked before the first job: with exit code 2 nothing has run. The flow must have loaded.
BatchResult run_batch(const Flow&, const RuntimeOptions&, const BatchOptions&);

// The exit code of a run that has written what it had: errno of a failed read or write first, then the counts.
int exit_code_of(const JobCounts&, int write_error, int read_error);

// Keys of a record that `fields` may name.
const std::vector<std::string>& record_fields();

// Workers a flow runs on when so many are asked for (0: its own number, else as many as there are cores). A flow that
// keeps state runs on one.
uint32_t workers_for(const Flow&, uint32_t asked);

}  // namespace runnel
