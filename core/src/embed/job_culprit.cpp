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
                     const Unresolved& left) {
  Culprit found;
  std::vector<uint64_t> started = left.waiting;
  started.insert(started.end(), left.next.begin(), left.next.end());
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
  if (killing && killing->ordinal && !is_started(killing->ordinal)) return found;  // finished in the last moment
  found.is_late = killing && killing->reason == Reason::late;
  const bool on_worker = note.on_worker.is_set();
  // Something beside the jobs' thread did it, perhaps for a job that is finished.
  const bool is_beside = killing ? killing->reason == Reason::closed : note.on_other.is_set();
  const bool has_begun = was_running || !left.waiting.empty();
  if (killing && killing->ordinal) {
    found.ordinal = killing->ordinal;
  } else if (!killing && (note.from_outside.is_set() || (is_sent_by_others(status) && !on_worker))) {
    found.is_outside = true;
  } else if (is_beside && !has_begun) {
    // nobody's fault that is known
  } else if (started.size() == 1 && (!is_beside || left.is_alone)) {
    found.ordinal = started.front();
  } else if (was_running && beat.is_shared == 0 && on_worker && !is_beside && !killing) {
    found.ordinal = running;
  } else {
    const auto is_first = [&](uint64_t ordinal) { return ordinal == running; };
    std::stable_partition(started.begin(), started.end(), is_first);
    found.suspects = std::move(started);
  }
  return found;
}

}  // namespace runnel::core
