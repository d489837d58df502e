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
  // Starts the processes: they load the flow at the same time.
  RelayCrew(Workplace&, const Flow&, uint32_t workers);

  std::string start();  // waits until all can run jobs. The first problem, or ""
  void work_at(const RelayDesk&);
  std::string work();  // until all have come to their end. The first problem, or ""
  void wake();         // [any thread]
  const std::vector<std::unique_ptr<Relay>>& relays() const { return relays_; }

 private:
  std::vector<std::unique_ptr<Relay>> relays_;
  RelayDesk desk_;
  std::mutex mutex_;
  std::string problem_;
};

}  // namespace runnel::core
