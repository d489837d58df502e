#include "embed/relay_crew.hpp"

#include <system_error>
#include <thread>

namespace runnel::core {

RelayCrew::RelayCrew(Workplace& workplace, const Flow& flow, uint32_t workers) {
  for (uint32_t i = 0; i < workers; ++i) relays_.push_back(std::make_unique<Relay>(workplace, flow, i));
}

std::string RelayCrew::start() {
  for (const auto& relay : relays_) relay->begin();
  std::string problem;
  for (const auto& relay : relays_) {
    if (problem.empty()) problem = relay->get_ready();
  }
  return problem;
}

void RelayCrew::work_at(const RelayDesk& desk) {
  desk_ = desk;
  for (const auto& relay : relays_) relay->work_at(desk);
}

std::string RelayCrew::work() {
  std::vector<std::thread> threads;
  const auto give_up = [this](const std::string& problem) {
    {
      const std::lock_guard lock(mutex_);
      if (problem_.empty()) problem_ = problem;
    }
    desk_.stop_all();
  };
  try {
    for (const auto& relay : relays_) {
      threads.emplace_back([&give_up, relay = relay.get()] {
        if (const std::string problem = relay->work(); !problem.empty()) give_up(problem);
      });
    }
  } catch (const std::system_error& error) {
    give_up("cannot start worker " + std::to_string(threads.size() + 1) + " of " + std::to_string(relays_.size()) +
            ": " + error.what());
  }
  for (std::thread& thread : threads) thread.join();
  return problem_;
}

void RelayCrew::wake() {
  for (const auto& relay : relays_) relay->wake();
}

}  // namespace runnel::core
