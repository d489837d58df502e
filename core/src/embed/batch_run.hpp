// A batch from its checks to its end.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "embed/batch_plan.hpp"
#include "embed/batch_worker.hpp"
#include "embed/crew.hpp"
#include "embed/record_choice.hpp"
#include "embed/relay_crew.hpp"
#include "embed/resumable_output.hpp"
#include "embed/stop_rules.hpp"
#include "embed/stop_state.hpp"

namespace runnel::core {

// All that threads of workers use. It is left to the process where one of them does not end.
struct BatchRun {
  BatchRun() = default;
  BatchRun(const BatchRun&) = delete;
  BatchRun& operator=(const BatchRun&) = delete;
  std::shared_ptr<const Flow> flow;
  std::shared_ptr<StopState> stop;  // null: nobody stops it
  Arena memory;
  CheckedBatch batch;
  std::optional<RecordChoice> choice;  // of a replay
  std::unique_ptr<BlockReader> reader;
  ResumableOutput file;
  std::unique_ptr<OrderedWriter> output;
  std::unique_ptr<OrderedWriter> errors;
  std::unique_ptr<LineFeed> feed;
  std::optional<StopRules> rules;
  std::optional<WorkerInboxes> inboxes;
  std::vector<std::unique_ptr<BatchWorker>> workers;
  std::unique_ptr<Crew> crew;
  std::unique_ptr<RelayCrew> relays;  // instead of workers: they are processes

  ~BatchRun() {
    if (stop) stop->detach();
  }

  void wake_workers();
  // From now on the Stopper reaches this run, until stop->detach().
  void listen(uint64_t first_ordinal);
  // What is left when no worker works any more. problem: of the crew.
  BatchResult concluded(const std::string& problem);
};

}  // namespace runnel::core
