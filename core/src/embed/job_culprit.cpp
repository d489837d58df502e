#include "embed/job_culprit.hpp"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <utility>

namespace runnel::core {
namespace {

bool is_sent_by_others(int status) {
  if (!WIFSIGNALED(status)) return false;
  const int signal = WTERMSIG(status);
  return signal == SIGKILL || signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT;
}

}  // namespace

Verdict quarantine(uint32_t deaths, std::string cause) {
  Verdict verdict;
  verdict.code = "quarantined";
  verdict.message = "the job has killed its process " + std::to_string(deaths) + " times and is not run again";
  verdict.cause = std::move(cause);
  return verdict;
}

Culprit find_culprit(const Beat& beat, const DeathNote& note, int status, const std::optional<Killing>& killing,
                     const std::vector<uint64_t>& started) {
  Culprit found;
  const auto is_started = [&](uint64_t ordinal) {
    return std::find(started.begin(), started.end(), ordinal) != started.end();
  };
  const uint64_t running = beat.ordinal.load();
  const bool was_running = running && is_started(running);
  if (was_running) {
    found.routine = beat.routine.load();
    found.created_at = beat.created_at.load();
  }
  using Reason = Killing::Reason;
  if (killing && killing->reason == Reason::closed) return found;                  // when, nobody knows
  if (killing && killing->ordinal && !is_started(killing->ordinal)) return found;  // finished in the last moment
  found.is_late = killing && killing->reason == Reason::late;
  const bool on_worker = note.on_worker.is_set();
  if (killing && killing->ordinal) {
    found.ordinal = killing->ordinal;
  } else if (!killing && (note.from_outside.is_set() || (is_sent_by_others(status) && !on_worker))) {
    found.is_outside = true;
  } else if (started.size() == 1) {
    // A thread that no job waits for may die at any time.
    if (was_running || !note.on_other.is_set()) found.ordinal = started.front();
  } else if (was_running && beat.is_shared == 0 && on_worker && !killing) {
    found.ordinal = running;
  } else {
    found.suspects = started;
    const auto is_first = [&](uint64_t ordinal) { return ordinal == running; };
    std::stable_partition(found.suspects.begin(), found.suspects.end(), is_first);
  }
  return found;
}

}  // namespace runnel::core
