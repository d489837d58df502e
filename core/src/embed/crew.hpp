// The threads of a batch: all workers until there is no more input.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "embed/batch_worker.hpp"

namespace runnel::core {

// The first problem ends the run.
class Crew {
 public:
  Crew(std::vector<std::unique_ptr<BatchWorker>>& workers, std::function<void()> stop_all)
      : workers_(workers), stop_all_(std::move(stop_all)) {}

  // One of the workers on this thread. The problem, or "".
  std::string work();
  // For flows whose routines may not return: all of them on other threads, and this one looks at what they are at.
  // `lose` is called for a worker that is lost in a routine of the job; its thread is then left alone.
  std::string work_watched(const std::function<void(BatchWorker&, const JobContext&)>& lose);
  bool has_lost() const { return lost_ > 0; }

 private:
  void work_as(BatchWorker& worker);
  void give_up(std::string problem);

  std::vector<std::unique_ptr<BatchWorker>>& workers_;
  std::function<void()> stop_all_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<bool> done_;
  size_t lost_ = 0;
  std::string problem_;
};

}  // namespace runnel::core
