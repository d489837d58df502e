// How a batch ends: who may stop it, what its result says, which exit code wins.
#include <cerrno>
#include <cstring>

#include "base/diagnostic.hpp"
#include "embed/batch_run.hpp"

namespace runnel {
namespace {

bool is_signal(int stop_exit) { return stop_exit && stop_exit != kTimeoutExit; }

// A signal before all, a time limit only before 1.
int stronger(int exit_code, int stop_exit) {
  if (is_signal(stop_exit)) return stop_exit;
  return stop_exit && exit_code <= 1 ? stop_exit : exit_code;
}

std::string number_of(uint64_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

// How many are done and left. Nobody knows how many lines are still in the input.
std::string stop_text(const std::string& why, const JobCounts& counts, uint64_t unfinished, bool to_file) {
  const uint64_t finished = counts.completed + counts.failed + counts.cancelled - unfinished;
  std::string text = why + ": " + number_of(finished, "job") + (to_file ? " done, " : " finished, ") +
                     std::to_string(unfinished) + " admitted and not finished";
  if (unfinished) text += to_file ? " (not written)" : " (cancelled)";
  return text + "; input that was not admitted is not counted";
}

}  // namespace

int exit_code_of(const JobCounts& counts, int write_error, int read_error, int stop_exit) {
  if (is_signal(stop_exit)) return stop_exit;
  if (write_error == EPIPE) return 141;
  if (write_error || read_error) return 74;
  if (!counts.conserved()) return 70;
  return stronger(counts.failed || counts.cancelled ? 1 : 0, stop_exit);
}

namespace core {

void BatchRun::wake_workers() {
  for (const auto& worker : workers) worker->look_up();
  if (relays) relays->wake();
}

void BatchRun::listen(uint64_t first_ordinal) {
  if (!stop) return;
  stop->attach({[this](std::string why) { feed->end(std::move(why)); }, [this] { wake_workers(); },
                [this, first_ordinal] {
                  Stopper::Progress progress;
                  progress.at_line_end = output->freeze();
                  progress.written = output->first_unwritten() - first_ordinal;
                  progress.admitted = feed->admitted();
                  return progress;
                }});
}

BatchResult BatchRun::concluded(const std::string& problem) {
  BatchResult result;
  uint64_t failed_selects = 0;
  uint64_t written = 0;
  JobCounts again;
  const auto add = [&](const WorkerTotals& totals) {
    result.by_worker.push_back(totals.counts);
    result.counts.add(totals.counts);
    result.unfinished += totals.unfinished;
    result.late_finishes += totals.late_finishes;
    failed_selects += totals.failed_selects;
    written += totals.written;
    again.add(totals.again);
  };
  for (const auto& worker : workers) add(worker->totals());
  if (relays) {
    for (const auto& relay : relays->relays()) add(relay->totals());
  }
  const int stop_exit = stop ? stop->exit_code() : 0;
  const uint64_t posted = result.counts.posted;
  const std::string reason = feed->reason();
  const int write_error = reader->reader_gone() ? EPIPE : output->error();
  const ReadFailure read = reader->failure();
  if (file.run) {
    result = file.finish(std::move(result), again, written, feed->stopped() || !reason.empty(), write_error, read);
    result.exit_code = stronger(result.exit_code, stop_exit);
  } else {
    result.exit_code = exit_code_of(result.counts, write_error, read.error, stop_exit);
    if (result.exit_code == 0 && failed_selects) result.exit_code = 1;
    if (write_error && write_error != EPIPE)
      result.message = std::string("cannot write the output: ") + std::strerror(write_error);
    else if (!write_error && read.error)
      result.message = printable(read.source) + ": cannot be read on: " + read.message();
    else if (!write_error && !result.counts.conserved())
      result.message = "the jobs do not add up; please report this";
  }
  if (stop_exit && (result.exit_code == stop_exit || result.message.empty())) {
    if (!result.message.empty()) result.message += "; ";
    result.message += file.run && file.run->retries()
                          ? stop->why() + "; " + file.path + " is as it was"
                          : stop_text(stop->why(), result.counts, result.unfinished, file.run != nullptr);
  } else if (result.message.empty() && !reason.empty()) {
    result.message = reason + ": no job was admitted after the first " + std::to_string(posted) +
                     (!file.run             ? ""
                      : file.run->retries() ? "; " + file.path + " is as it was"
                                            : "; --resume goes on from there");
  }
  if (problem.empty()) return result;
  BatchResult gave_up;
  gave_up.exit_code = 71;
  gave_up.message = problem;
  return gave_up;
}

}  // namespace core
}  // namespace runnel
