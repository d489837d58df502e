#include "embed/resumable_output.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/diagnostic.hpp"
#include "embed/run_header.hpp"

namespace runnel::core {

namespace {

// What the run reads it may not write over. The name of it, or "".
std::string source_at(const std::string& path, const Flow& flow, const BatchOptions& options) {
  struct stat output {};
  if (::stat(path.c_str(), &output) != 0) return "";
  std::vector<std::string> sources{flow.file};
  if (!options.data) sources.insert(sources.end(), options.inputs.begin(), options.inputs.end());
  for (const std::string& source : sources) {
    struct stat info {};
    if (source == "-" ? ::fstat(STDIN_FILENO, &info) : ::stat(source.c_str(), &info)) continue;
    if (info.st_dev == output.st_dev && info.st_ino == output.st_ino && S_ISREG(info.st_mode)) return source;
  }
  return "";
}

}  // namespace

FileProblem ResumableOutput::open(const Flow& flow, const RuntimeOptions& runtime, const BatchOptions& options,
                                  InputFormat format, const LineFilter& filter) {
  const FileOutput& file = *options.file;
  const StateHeader header = run_header(flow, runtime, options);
  const bool has_ids = options.fields.empty() ||
                       std::find(options.fields.begin(), options.fields.end(), "job_id") != options.fields.end();
  const bool gives_ids = flow.job_id_from || format == InputFormat::jobs || format == InputFormat::records;
  const bool known_ids = has_ids && !gives_ids && flow.secrets.empty();
  path = printable(file.path);
  for (const char* ending : {"", ".state", ".retry", ".new"}) {
    if (const std::string source = source_at(file.path + ending, flow, options); !source.empty())
      return {2, "--output " + path + " would write over " + (source == "-" ? "standard input" : printable(source)) +
                     ", which the run reads"};
  }
  runs_done = flow.keeps_state() && !file.stateless;
  run = std::make_unique<FileRun>(file, options.in_order, known_ids);
  if (FileProblem problem = run->open(header)) return problem;
  check.emplace(run->done(), path);
  // Where a job runs before all that is done was seen, the input must be known to be the same first.
  const bool looks_ahead = !options.data && (runs_done || run->done().has_gap(options.skip));
  if (looks_ahead && !check->look_ahead(options.inputs, format, filter)) return {2, check->mistake()};
  if (FileProblem problem = run->begin(header)) return problem;
  if (file.durability != Durability::exit) {
    sync = std::make_unique<FileSync>(run->fd(),
                                      file.durability == Durability::batch ? SyncEvery::batch : SyncEvery::record);
  }
  return {};
}

BatchResult ResumableOutput::finish(BatchResult result, const JobCounts& again, uint64_t written, bool stopped,
                                    int write_error, const ReadFailure& read) {
  result.counts.subtract(again);
  result.counts.add(run->counts_before());
  const bool complete = !stopped && !write_error && !run->state_error() && !read.error && check->mistake().empty() &&
                        result.counts.conserved();
  sync.reset();
  const FileProblem problem = run->finish(complete, written);
  const std::string file = path + (write_error && run->retries() ? ".retry" : write_error ? "" : ".state");
  const std::string go_on = run->retries() ? "; " + path + " is as it was, run --retry-failed again"
                                           : "; what was done is kept, --resume goes on from there";
  if (write_error || run->state_error()) {
    result.message =
        "cannot write " + file + ": " + std::strerror(write_error ? write_error : run->state_error()) + go_on;
    result.exit_code = 74;
  } else if (problem) {
    result.message = problem.message + go_on;
    result.exit_code = problem.exit_code;
  } else if (read.error) {
    result.message = printable(read.source) + ": cannot be read on: " + read.message() + go_on;
    result.exit_code = 74;
  } else if (!check->mistake().empty()) {
    result.message = check->mistake();
    result.exit_code = 2;
  } else {
    result.exit_code = exit_code_of(result.counts, 0, 0);
    if (result.exit_code == 70) result.message = "the jobs do not add up; please report this";
  }
  return result;
}

}  // namespace runnel::core
