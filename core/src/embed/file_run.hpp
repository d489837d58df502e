// A run whose records go to a file that can be gone on with: FILE, FILE.state, and while failed jobs run again
// FILE.retry.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "embed/input_check.hpp"
#include "runnel/batch.hpp"
#include "sink/output_scan.hpp"
#include "sink/state_file.hpp"

namespace runnel::core {

class FileRun {
 public:
  // in_order: as --order input. known_ids: every record has a job_id that is made of its line.
  FileRun(const FileOutput&, bool in_order, bool known_ids);

  // Opens, locks, compares, reads what is done; changes nothing of an existing FILE.
  FileProblem open(const StateHeader&);
  // Gets ready to be written to: cuts torn tails, makes FILE. Then fd() is where records go.
  FileProblem begin(const StateHeader&);
  int fd() const { return retries() ? retried_.fd() : file_.fd(); }

  // Failed jobs run again, into a file that is not yet FILE.
  bool retries() const { return options_.mode == FileMode::retry_failed && !is_new_; }

  const DoneRecords& done() const { return done_; }
  const JobCounts& counts_before() const { return counts_; }  // of what is done
  // [any thread] The block's jobs are about to run, those that are done only if `runs_done`. errno.
  int announce(const Block&, bool runs_done);
  // How often job `ordinal` has killed its process, in this run and in those it goes on with.
  uint32_t deaths(uint64_t ordinal) const;                    // [any thread]
  uint32_t note_death(uint64_t ordinal, std::string signal);  // [any thread] one more
  void note_quarantine(uint64_t ordinal);                     // [any thread] it is given up
  int state_error() const { return state_.error(); }

  // After the records were written and synced. `complete`: so many new ones, of all the input there is; puts a retry's
  // file in place.
  FileProblem finish(bool complete, uint64_t written);

 private:
  FileProblem refuse_existing();
  FileProblem scan();
  FileProblem put_in_place();
  FileProblem cannot(const char* what, int error, int exit_code = 74) const;

  const FileOutput options_;
  const std::string shown_;  // the path
  const bool in_order_;
  const bool known_ids_;
  StateFile state_;
  CheckedFile file_;
  CheckedFile retried_;
  DoneRecords done_;
  JobCounts counts_;
  bool is_new_ = true;
  uint64_t whole_ = 0;  // bytes of FILE
  uint64_t torn_ = 0;   // bytes behind them
  mutable std::mutex deaths_mutex_;
  std::map<uint64_t, uint32_t> deaths_;
};

}  // namespace runnel::core
