// What a flow file says of activation and of errors, as small values. The policy layer judges by them.
#pragma once

#include <cstdint>
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

struct ErrorHandlerSpec {
  Strategy strategy = Strategy::stop;
};

}  // namespace runnel::core
