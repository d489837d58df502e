// Which job a worker process died of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "isolate/death_note.hpp"
#include "job/beat.hpp"
#include "job/verdict.hpp"

namespace runnel::core {

// Why a process was killed by its supervisor: what it ran did not return, or what it writes into the channel makes no
// sense, or it has closed its end of it.
struct Killing {
  enum class Reason : uint8_t { late, nonsense, closed };
  Reason reason = Reason::late;
  uint64_t ordinal = 0;  // of the job that is late; 0: an activation for several
};

struct Culprit {
  std::optional<uint64_t> ordinal;  // nothing: it is not known, or nobody's fault
  uint32_t routine = Beat::kNoRoutine;
  int64_t created_at = 0;
  bool is_late = false;            // it was killed because it did not return
  std::vector<uint64_t> suspects;  // one of these, the most likely first: each is to run alone
  bool is_outside = false;         // somebody else ended the process
};

// What a process had to do when it died.
struct Unresolved {
  std::vector<uint64_t> waiting;  // jobs that had begun and were suspended
  std::vector<uint64_t> next;     // the job that ran or was the next one; where words are lost, all that were sent
  bool is_alone = false;          // one job had the process for itself
};

// status: the process's wait status.
Culprit find_culprit(const Beat&, const DeathNote&, int status, const std::optional<Killing>&, const Unresolved&);

// A job that has killed its process so often, in all runs of an output file, is not run again.
constexpr uint32_t kQuarantine = 3;
Verdict quarantine(uint32_t deaths, std::string cause);

}  // namespace runnel::core
