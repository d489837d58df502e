// What a flow file says of activation and of errors, as small values. The policy layer judges by them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "value/value.hpp"

namespace runnel::core {

enum class PolicyKind : uint8_t {
  immediate,
  all_slots_ready,
  batch_size,
  when,
  time_interval,
  any,      // the first of several that is met
  by_class  // the routine's class judges
};

struct PolicySpec {
  PolicyKind kind = PolicyKind::immediate;
  uint32_t batch_size = 0;  // items of each slot
  size_t when = 0;          // expression
  Value message{};          // policy_message of an activation it causes; lives in the flow
  int64_t interval_us = 0;
  std::vector<PolicySpec> any{};
};

enum class OnFlush : uint8_t { activate, discard, fail };

enum class Strategy : uint8_t { stop, proceed, skip };  // proceed: `continue`, a keyword of C++

enum class Jitter : uint8_t { none, full, equal };

// `strategy: retry`. Delays are microseconds.
struct RetrySpec {
  uint32_t max_retries = 3;
  double delay_us = 1e6;  // before the first retry
  double backoff = 2.0;   // and so many times longer before each further one
  std::optional<double> max_delay_us;
  Jitter jitter = Jitter::none;
  std::optional<std::vector<std::string>> retry_on;  // codes; none: all
  std::vector<std::string> no_retry_on;
};

struct ErrorHandlerSpec {
  Strategy strategy = Strategy::stop;  // with retry: its `then`
  std::optional<RetrySpec> retry;
  bool is_critical = false;  // a job this routine fails is the last one to be admitted
};

}  // namespace runnel::core
