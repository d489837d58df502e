// What a worker has of its own for a flow: an instance of every routine, its Lua engine, its WorkerState.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "flow/flow.hpp"
#include "routine/script_engine.hpp"
#include "routine/worker_state.hpp"

namespace runnel::core {

class RoutineSet {
 public:
  // [load] problem() tells what a class refused, or is "".
  RoutineSet(const Flow&, std::unique_ptr<ScriptEngine>);
  ~RoutineSet();
  RoutineSet(const RoutineSet&) = delete;
  RoutineSet& operator=(const RoutineSet&) = delete;

  const std::string& problem() const { return problem_; }
  void activate(uint32_t routine, runnel_context& context) {
    flow_.routines[routine].spec->type->activate(&context, instances_[routine]);
  }
  bool ready(uint32_t routine, runnel_context& context) {
    return ready_of(*flow_.routines[routine].spec->type)(&context, instances_[routine]);
  }
  ScriptEngine* scripts() { return scripts_.get(); }
  StateWrites& state_of(uint32_t routine) {
    writes_.attach(&state_.routine(routine), &state_.shared(), routine);
    return writes_;
  }
  StateWrites& writes() { return writes_; }
  WorkerState& state() { return state_; }
  uint64_t next_activation() { return ++activations_; }

 private:
  const Flow& flow_;
  std::unique_ptr<ScriptEngine> scripts_;
  WorkerState state_;
  StateWrites writes_;
  Arena memory_;  // of values made while instances were made
  std::vector<void*> instances_;
  std::string problem_;
  uint64_t activations_ = 0;
};

}  // namespace runnel::core
