// What a run has done, in numbers: --summary, and the last line on a terminal.
#pragma once

#include <chrono>
#include <runnel/batch.hpp>
#include <string>
#include <vector>

namespace runnel::cli {

// The file of --summary, opened before the first job so that a wrong name is known then.
class Summary {
 public:
  Summary() = default;
  ~Summary();
  Summary(const Summary&) = delete;
  Summary& operator=(const Summary&) = delete;

  // path: "-" is stderr. What is wrong with it, or "". `others`: files of the run, which it must not be.
  std::string open(const std::string& path, const std::vector<std::string>& others);
  bool is_open() const { return fd_ >= 0; }
  // What is wrong, or "".
  std::string write(const BatchResult&, std::chrono::duration<double> took);

 private:
  std::string shown_;
  int fd_ = -1;
};

std::string summary_json(const BatchResult&, double seconds);
void print_summary(const BatchResult&);  // a line on stderr

}  // namespace runnel::cli
