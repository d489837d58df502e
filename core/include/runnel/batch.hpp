// A batch: JSON lines in, records out, over all workers of a flow. What `runnel run` does.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <runnel/job_counts.hpp>
#include <runnel/runtime.hpp>
#include <runnel/stopper.hpp>
#include <string>
#include <vector>

namespace runnel {

class Isolation;  // isolation.hpp

// fresh: refuses a file that is there. force: replaces it. resume: goes on with it. retry_failed: the same, and runs
// the jobs that failed again.
enum class FileMode : uint8_t { fresh, force, resume, retry_failed };
// When records are made to last: at the end; every 256 or 200 ms; each.
enum class Durability : uint8_t { exit, batch, record };

// Records in a file that a stopped run can be resumed on, by what is kept in `path`.state.
struct FileOutput {
  std::string path;
  FileMode mode = FileMode::fresh;
  Durability durability = Durability::exit;
  // A flow that keeps state between jobs is resumed by running all of them again; with this, those done are left out.
  bool stateless = false;
  std::string runner;                            // the program and its version: a run is resumed by the same
  std::function<void(const std::string&)> note;  // what happened that is no mistake; may be empty
};

// Failed jobs that end the run: nothing more is admitted, what is under way goes on. Jobs of this run are counted, not
// those that a file had before.
struct StopLimits {
  bool fail_fast = false;                  // the first one
  std::optional<uint64_t> max_failures{};  // more than so many
  std::optional<double> max_percent{};     // more than so many of 100 finished jobs, from the 100th on
  bool stop_at_bad_input = false;          // the first bad line
};

// Which records of an earlier run are posted again, with the input format `records`. FlowOptions::where chooses, too.
struct ReplayOptions {
  std::string status;                            // completed, failed or cancelled; "": any
  std::vector<std::string> job_ids;              // only these; empty: any
  std::function<void(const std::string&)> note;  // what was left out and is no mistake; may be empty
};

struct BatchOptions {
  std::vector<std::string> inputs{"-"};  // files, as they are or packed by gzip or zstd; "-": standard input
  std::string input_format = "jsonl";    // one of input_formats()
  std::optional<std::string> data;       // one job of this JSON text instead
  ReplayOptions replay;                  // of the format `records`
  std::string post;                      // ROUTINE.SLOT; "": the flow's entry, or where a record was posted to
  std::string emit;                      // ROUTINE.EVENT: print its items instead of records; "": records
  std::vector<std::string> fields;       // of the records; empty: all
  bool record_input = false;             // `input` and `post` in each record, which replaying takes
  bool pretty = false;
  bool ascii = false;
  bool in_order = true;              // records in input order; otherwise as jobs finish
  uint64_t window = 4096;            // job k starts when k < first unwritten + window
  uint64_t skip = 0;                 // records at the beginning of the input that become no jobs
  std::optional<uint64_t> head{};    // at most so many jobs
  double jobs_per_second = 0;        // admitted at even distances; 0: as fast as they run
  bool stable_ids = false;           // ids from position and content, not from time and chance
  std::optional<FileOutput> file{};  // where records go instead of `output`; ids are then stable
  StopLimits limits{};
  bool skip_bad_input = false;       // a bad line has no record; it counts as ever
  std::optional<Stopper> stopper{};  // for others to end the run
  Isolation* isolation = nullptr;    // where jobs run in processes of their own; null: in this one
  int output = 1;                    // descriptors
  int errors = 2;                    // failures, where no records are printed
};

struct BatchResult {
  int exit_code = 0;  // 0, 1, 2, 65, 70, 71, 73, 74, 75 or 141, as README.md lists them, or the Stopper's
  JobCounts counts;   // of a file as a whole, whoever wrote it
  std::vector<JobCounts> by_worker;  // of this run
  uint64_t unfinished = 0;           // jobs that a stop has cancelled
  uint64_t late_finishes = 0;        // suspended activations that were finished twice or after their job's end
  std::string message;               // why the run could not start or stopped; "" otherwise
  // A native routine did not return at its deadline, and its thread is still there. All is written; the program must
  // end by _exit().
  bool must_end = false;
};

// Everything is checked before the first job: with exit code 2 nothing has run. The flow must have loaded.
BatchResult run_batch(const Flow&, const RuntimeOptions&, const BatchOptions&);

// What run_batch would do, as text; it checks the same, but runs nothing and leaves standard input alone. The mistake
// is result.message.
BatchResult plan_batch(const Flow&, const RuntimeOptions&, const BatchOptions&, std::string& text);

// Names for BatchOptions::input_format.
const std::vector<std::string>& input_formats();

constexpr int kTimeoutExit = 124;  // of a Stopper: its run's time was over

// The exit code of a run that has written what it had: a stop by a signal first, then errno of a failed write or read,
// counts that do not add up, kTimeoutExit, jobs that did not complete. stop_exit: the Stopper's; 0: it was not used.
int exit_code_of(const JobCounts&, int write_error, int read_error, int stop_exit = 0);

// Keys of a record that `fields` may name.
const std::vector<std::string>& record_fields();

// Ids of routines whose results depend on more than input and flow: what --deterministic does not cover.
std::vector<std::string> routines_reaching_out(const Flow&);

// Workers a flow runs on when so many are asked for (0: its own number, else as many as there are cores). A flow that
// keeps state runs on one, unless it has `partition_by`.
uint32_t workers_for(const Flow&, uint32_t asked);
// Why they are fewer than asked for, by the caller or the flow, as a line for its user; "": they are not.
std::string note_on_workers(const Flow&, uint32_t asked);

}  // namespace runnel
