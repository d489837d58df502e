// Random flows: one description, from which the YAML for the runtime and the flow of the reference model are made.
#pragma once

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "model_flow.hpp"

namespace runnel::test {

// One statement of a script. x: the number of the first item, t: the sum over all items taken.
struct RandomStep {
  enum Kind { emit, pass_on, trace, set_data, add_data, print, fail, fail_first, complete } kind;
  int a = 0, b = 0;  // what they mean is up to the kind
};

struct RandomRoutine {
  bool is_later = false;  // class `later` of the test: suspends; otherwise a script
  size_t slots = 1, events = 1;
  std::string policy, on_flush, strategy;  // on_flush and strategy may be "": not written
  int policy_a = 1;
  int max_retries = -1;           // -1: does not retry, else `strategy` comes after that
  std::vector<RandomStep> steps;  // of a script
  int fails_at = 0;               // of `later`: when (x + this) % 5 is 0; 0: never
};

struct RandomConnection {
  size_t from;
  int event;  // -1: error
  size_t to, slot;
  int when;  // 0: none, 1...: passes x % (when + 1) != 0, negative: and fails when it does not pass
};

struct RandomJob {
  size_t routine, slot;
  int number;
};

struct RandomFlow {
  std::vector<RandomRoutine> routines;
  std::vector<RandomConnection> connections;
  std::vector<RandomJob> jobs;
  std::string strategy;  // of the flow, may be ""
  int hop_limit = 0, emit_limit = 0;
};

struct RandomFlowOptions {
  // Without anything whose outcome depends on the order in which suspended activations finish: no cycles, limits,
  // batches, joins, skipping, completing, or data written twice; nothing stops the job.
  bool order_free = false;
  bool retries = true;  // their timers are the worker's: nobody else can choose when they fire
};

rc::Gen<RandomFlow> random_flows(const RandomFlowOptions& = {});

std::string routine_name(size_t number);
std::string yaml_of(const RandomFlow&);
ModelFlow model_of(const RandomFlow&);

}  // namespace runnel::test
