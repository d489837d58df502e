// Why a job is not run but fails at once: its process died of it before.
#pragma once

#include <cstdint>
#include <string>

namespace runnel::core {

struct Verdict {
  std::string code;  // crash, quarantined
  std::string message;
  std::string cause;              // "": nothing more is known
  uint32_t routine = UINT32_MAX;  // that ran then; UINT32_MAX: none
  int64_t created_at = 0;         // when the job began to run; 0: not known
};

}  // namespace runnel::core
