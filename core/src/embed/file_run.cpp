#include "embed/file_run.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/diagnostic.hpp"
#include "sink/merge_outputs.hpp"

namespace runnel::core {
namespace {

std::string state_path(const FileOutput& options) { return options.path + ".state"; }
std::string retry_path(const FileOutput& options) { return options.path + ".retry"; }
std::string merged_path(const FileOutput& options) { return options.path + ".new"; }

bool is_there(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

void count(JobCounts& counts, const WrittenRecord& record) {
  ++counts.posted;
  counts.completed += record.status == Status::completed;
  counts.failed += record.status == Status::failed;
  counts.cancelled += record.status == Status::cancelled;
  counts.bad_input += record.bad_input;
}

}  // namespace

FileRun::FileRun(const FileOutput& options, bool in_order, bool known_ids)
    : options_(options),
      shown_(printable(options.path)),
      in_order_(in_order),
      known_ids_(known_ids),
      state_(state_path(options)) {}

FileProblem FileRun::cannot(const char* what, int error, int exit_code) const {
  if (error == ELOOP) return {73, shown_ + " is a symbolic link, which is not followed; name the file itself"};
  if (error == EBADFD) return {73, shown_ + " is not a regular file; use > for anything else"};
  return {exit_code, std::string("cannot ") + what + " " + shown_ + ": " + std::strerror(error)};
}

// A new run found FILE. If another run is writing it now, that is what to say.
FileProblem FileRun::refuse_existing() {
  if (FileProblem problem = state_.open(false); problem.exit_code == 75) return problem;
  return {2, shown_ + " is there already: --resume goes on with it, --force writes it anew"};
}

FileProblem FileRun::open(const StateHeader& now) {
  const bool goes_on = options_.mode == FileMode::resume || options_.mode == FileMode::retry_failed;
  const bool was_there = is_there(options_.path);
  if (was_there && options_.mode == FileMode::fresh) return refuse_existing();
  if (was_there) {
    if (const int error = file_.open(options_.path, 0)) return cannot("open", error, 73);
  }
  if (FileProblem problem = state_.open(true)) return problem;
  if (!goes_on) return {};
  if (FileProblem problem = state_.read()) return problem;
  if (!state_.header()) {
    uint64_t size = 0;
    if (was_there && file_.size(size) == 0 && size == 0) return {};
    if (!was_there) return {};
    return {2, shown_ + " cannot be gone on with: " + printable(state_path(options_)) +
                   " does not say which run it is from; --force writes it anew"};
  }
  if (const std::string difference = state_.header()->difference(now); !difference.empty()) {
    return {2, shown_ + " is of another run: " + difference +
                   "; resume with what it was, name another --output, or start anew with --force"};
  }
  is_new_ = false;
  deaths_ = state_.deaths();
  return was_there ? scan() : FileProblem{};
}

FileProblem FileRun::scan() {
  const bool without_failed = options_.mode == FileMode::retry_failed;
  DoneRecords failed;
  OutputScan scan(file_, known_ids_);
  for (;;) {
    const OutputScan::Got got = scan.next();
    if (got == OutputScan::Got::end) break;
    if (got == OutputScan::Got::failed) return cannot("read", scan.error());
    if (got == OutputScan::Got::damaged) {
      return {65, shown_ + ":" + std::to_string(scan.line_number()) +
                      ": is no whole record of this run, and whole ones stand behind it; the file was left as it is"};
    }
    const WrittenRecord& record = scan.record();
    const bool runs_again = without_failed && record.status == Status::failed;
    const bool is_first = !done_.has(record.ordinal) && !failed.has(record.ordinal);
    (runs_again ? failed : done_).add(record.ordinal, record.hash);
    if (!is_first) {
      return {65, shown_ + ":" + std::to_string(scan.line_number()) + ": job " + std::to_string(record.ordinal) +
                      " stands there a second time; the file was left as it is"};
    }
    if (!runs_again) count(counts_, record);
  }
  whole_ = scan.whole_bytes();
  uint64_t size = 0;
  if (const int error = file_.size(size)) return cannot("read", error);
  torn_ = size - whole_;
  return {};
}

FileProblem FileRun::begin(const StateHeader& header) {
  if (is_new_ && file_.is_open()) {  // of --force: empty before the state is another one's
    if (const int error = file_.truncate(0)) return cannot("write", error);
  }
  if (FileProblem problem = is_new_ ? state_.begin(header) : state_.go_on()) return problem;
  if (!file_.is_open()) {
    if (const int error = file_.open(options_.path, O_CREAT | O_EXCL)) return cannot("create", error, 73);
    if (const int error = sync_folder_of(options_.path)) return cannot("create", error, 73);
  }
  if (retries()) {
    if (const int error = retried_.open(retry_path(options_), O_CREAT | O_TRUNC)) {
      return {73, "cannot create " + printable(retry_path(options_)) + ": " + std::strerror(error)};
    }
    return {};
  }
  if (torn_ > 0) {
    if (const int error = file_.truncate(whole_)) return cannot("write", error);
    if (options_.note) {
      options_.note(shown_ + ": cut off " + std::to_string(torn_) + (torn_ == 1 ? " byte" : " bytes") +
                    " of a record that was not whole");
    }
  }
  return {};
}

int FileRun::announce(const Block& block, bool runs_done) {
  StateLine line;
  line.first = block.first_ordinal;
  line.last = line.first + block.lines.size() - 1;
  if (!runs_done) {
    while (line.first <= line.last && done_.has(line.first)) ++line.first;
    while (line.first < line.last && done_.has(line.last)) --line.last;
  }
  return line.first > line.last ? 0 : state_.append(line);
}

uint32_t FileRun::deaths(uint64_t ordinal) const {
  const std::lock_guard lock(deaths_mutex_);
  const auto at = deaths_.find(ordinal);
  return at == deaths_.end() ? 0 : at->second;
}

uint32_t FileRun::note_death(uint64_t ordinal, std::string signal) {
  StateLine line;
  line.event = StateEvent::died;
  line.first = ordinal;
  line.signal = std::move(signal);
  state_.append(line);  // its error stays and ends the run
  const std::lock_guard lock(deaths_mutex_);
  return ++deaths_[ordinal];
}

void FileRun::note_quarantine(uint64_t ordinal) {
  StateLine line;
  line.event = StateEvent::quarantined;
  line.first = ordinal;
  state_.append(line);
}

// Both files stay as they are until the new one is whole and synced.
FileProblem FileRun::put_in_place() {
  CheckedFile merged;
  const std::string path = merged_path(options_);
  int error = merged.open(path, O_CREAT | O_TRUNC);
  struct stat info {};
  if (error == 0 && (::fstat(file_.fd(), &info) != 0 || ::fchmod(merged.fd(), info.st_mode & 07777) != 0))
    error = errno;
  if (error == 0) error = merge_outputs(file_, retried_, in_order_, known_ids_, merged);
  if (error == 0) error = sync_file(merged.fd());
  if (const int closing = merged.close(); error == 0) error = closing;
  if (error == 0 && std::rename(path.c_str(), options_.path.c_str()) != 0) error = errno;
  if (error == 0) error = sync_folder_of(options_.path);
  if (error) {
    ::unlink(path.c_str());  // its room may be needed
    return {74, "cannot write " + printable(path) + ": " + std::strerror(error)};
  }
  return {};
}

FileProblem FileRun::finish(bool complete, uint64_t written) {
  FileProblem problem;
  if (retries() && complete) problem = put_in_place();
  int error = retried_.close();
  if (retries()) ::unlink(retry_path(options_).c_str());
  if (const int closing = file_.close(); error == 0) error = closing;
  if (problem) return problem;
  if (error) return cannot("write", error);
  error = complete ? state_.finish(done_.count() + written) : state_.close();
  if (error) return {74, "cannot write " + printable(state_path(options_)) + ": " + std::strerror(error)};
  return {};
}

}  // namespace runnel::core
