// All that run_batch needs of an output file: FileRun, the check of the input against it, when it is synced.
#pragma once

#include <memory>
#include <optional>

#include "embed/file_run.hpp"
#include "flow/flow.hpp"
#include "sink/file_sync.hpp"

namespace runnel::core {

struct ResumableOutput {
  std::unique_ptr<FileRun> run;  // null: records do not go to a file
  std::optional<InputCheck> check;
  std::unique_ptr<FileSync> sync;
  bool runs_done = false;  // jobs that are done run again, for the state they leave behind
  std::string path;

  FileProblem open(const Flow&, const RuntimeOptions&, const BatchOptions&, InputFormat, const LineFilter&);
  // `result` holds the counts of this run, `again` those of them that ran only for their state; it wrote so many
  // records. `stopped`: before all of the input was done.
  BatchResult finish(BatchResult result, const JobCounts& again, uint64_t written, bool stopped, int write_error,
                     const ReadFailure&);
};

}  // namespace runnel::core
