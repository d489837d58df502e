// Two runs compared job by job, from their records. What `runnel diff` does.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace runnel {

struct DiffOptions {
  std::vector<std::string> ignore;  // paths besides those that differ in any two runs: "data.items[*].price"
  bool as_json = false;             // a JSON line for each job that differs; otherwise text
  bool quiet = false;               // says nothing and stops at the first difference
  std::function<bool(std::string_view)> write;   // the report, piece by piece; false: no more can be written
  std::function<void(const std::string&)> note;  // what is odd about the files, as one line; may be empty
};

struct DiffResult {
  int exit_code = 0;    // 0 same, 1 different, 2 a file or path is wrong, 74 nothing more could be written or read
  std::string message;  // of 2 and 74
};

// "-": standard input, for one of them. Memory: about 150 bytes a job; what cannot be read twice
// (standard input, packed files) is kept in an unnamed temporary file meanwhile.
DiffResult diff_runs(const std::string& a, const std::string& b, const DiffOptions&);

}  // namespace runnel
