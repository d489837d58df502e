// The workers of a batch as processes, each behind a relay that has a thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "embed/relay.hpp"

namespace runnel::core {

class RelayCrew {
 public:
  RelayCrew(Workplace& workplace, const Flow& flow) : workplace_(workplace), flow_(flow) {}

  // Starts the processes, which load the flow at the same time, and waits until all can run jobs. The first problem,
  // or "", and its exit code: 71 where there are no more processes, 2 for what is wrong with the flow.
  std::string start(uint32_t workers, int& exit_code);
  void work_at(const RelayDesk&);
  std::string work();  // until all have come to their end. The first problem, or ""
  void wake();         // [any thread]
  const std::vector<std::unique_ptr<Relay>>& relays() const { return relays_; }

 private:
  Workplace& workplace_;
  const Flow& flow_;
  std::vector<std::unique_ptr<Relay>> relays_;
  RelayDesk desk_;
  std::mutex mutex_;
  std::string problem_;
};

}  // namespace runnel::core
