#include "embed/relay_crew.hpp"

#include <system_error>
#include <thread>

namespace runnel::core {

std::string RelayCrew::start(uint32_t workers, int& exit_code) {
  exit_code = 71;
  try {
    for (uint32_t i = 0; i < workers; ++i) {
      relays_.push_back(std::make_unique<Relay>(workplace_, flow_, i));
      if (std::string problem = relays_.back()->begin(); !problem.empty()) return problem;
    }
  } catch (const std::system_error& error) {
    return "cannot start worker " + std::to_string(relays_.size() + 1) + " of " + std::to_string(workers) + ": " +
           error.what();
  }
  exit_code = 2;
  for (const auto& relay : relays_) {
    if (std::string problem = relay->get_ready(); !problem.empty()) return problem;
  }
  return "";
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
