// Why an activation or a job failed: a record's `error` and `error_detail`, an entry of its `errors`.
#pragma once

#include <cstdint>
#include <string>

namespace runnel::core {

struct Problem {
  std::string code;  // "input.syntax", "limit.hops", "script.error", a routine's own, ...
  std::string message;
  std::string routine_id;  // empty: no routine's
  uint32_t attempt = 1;
  std::string location;  // file:line:column in the flow file or the input; empty: none
  std::string cause;     // empty: none

  bool is_limit() const { return code.starts_with("limit."); }  // such a problem always fails the job
};

}  // namespace runnel::core
