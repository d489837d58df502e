// A worker's state that outlives the worker's process.
#pragma once

#include <string>

#include "isolate/state_log.hpp"
#include "routine/worker_state.hpp"
#include "value/writer.hpp"

namespace runnel::core {

class KeptState : public StateJournal {
 public:
  // Fills the state with what an earlier process has left in the file, and keeps there what is written from now on.
  KeptState(int file, WorkerState&);

  void wrote(uint32_t routine, bool shared, std::string_view key, Value value) override;
  void committed() override;

 private:
  void write_anew();

  StateLog log_;
  WorkerState& state_;
};

}  // namespace runnel::core
