// FILE.state: what a run is and how far it has come; append-only, a checksum per line. What is finished stands in the
// output file alone.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "sink/checked_file.hpp"
#include "sink/file_problem.hpp"
#include "sink/state_header.hpp"
#include "sink/state_line.hpp"

namespace runnel::core {

class StateFile {
 public:
  explicit StateFile(std::string path);

  // Opens and locks it: 75 when another run has it. Without `create` a missing file is no problem, and not open.
  FileProblem open(bool create);
  bool is_open() const { return file_.is_open(); }
  // Reads all of it: 65 when a line is damaged that has whole ones behind it.
  FileProblem read();
  // After read(): that of a run that got so far as to write all of it.
  const std::optional<StateHeader>& header() const { return header_; }

  // After read(): how often the process of each job has died of it.
  const std::map<uint64_t, uint32_t>& deaths() const { return deaths_; }

  // A new run: nothing else is left in it, and it lasts. 73: this file is something else; 74.
  FileProblem begin(const StateHeader&);
  // Goes on behind the last whole line. 74.
  FileProblem go_on();
  // [any thread] errno of this or an earlier append.
  int append(const StateLine&);
  int error() const { return error_.load(std::memory_order_relaxed); }
  // The last line, made to last; closes the file. errno.
  int finish(uint64_t records);
  int close();

 private:
  FileProblem write_problem(int error) const;

  const std::string path_;
  CheckedFile file_;
  std::optional<StateHeader> header_;
  std::map<uint64_t, uint32_t> deaths_;  // by ordinal
  uint64_t whole_ = 0;                   // bytes of whole lines
  std::mutex mutex_;
  std::atomic<int> error_{0};
};

}  // namespace runnel::core
