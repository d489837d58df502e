#include "embed/crew.hpp"

#include <chrono>
#include <exception>
#include <new>
#include <system_error>
#include <thread>

namespace runnel::core {
namespace {

constexpr auto kLook = std::chrono::milliseconds(250);
// A script ends itself at its deadline, and a native routine may be a little late: nothing else is lost then.
constexpr int64_t kGrace = 2'000'000;  // us

std::string cannot_start(size_t started, size_t all, const std::system_error& error) {
  return "cannot start worker " + std::to_string(started + 1) + " of " + std::to_string(all) + ": " + error.what();
}

}  // namespace

std::string Crew::work() {
  std::vector<std::thread> threads;
  try {
    for (size_t i = 1; i < workers_.size(); ++i) threads.emplace_back([this, i] { work_as(*workers_[i]); });
  } catch (const std::system_error& error) {
    give_up(cannot_start(threads.size() + 1, workers_.size(), error));
  }
  work_as(*workers_[0]);
  for (std::thread& thread : threads) thread.join();
  return problem_;
}

std::string Crew::work_watched(const std::function<void(BatchWorker&, const JobContext&)>& lose) {
  std::vector<std::thread> threads;
  done_.assign(workers_.size(), false);
  try {
    for (size_t i = 0; i < workers_.size(); ++i) {
      threads.emplace_back([this, i] {
        work_as(*workers_[i]);
        const std::lock_guard lock(mutex_);
        done_[i] = true;
        changed_.notify_all();
      });
    }
  } catch (const std::system_error& error) {
    give_up(cannot_start(threads.size(), workers_.size(), error));
  }
  std::vector<bool> is_lost(threads.size());
  std::unique_lock lock(mutex_);
  const auto is_over = [&] {
    for (size_t i = 0; i < threads.size(); ++i) {
      if (!done_[i] && !is_lost[i]) return false;
    }
    return true;
  };
  while (!changed_.wait_for(lock, kLook, is_over)) {
    lock.unlock();
    for (size_t i = 0; i < threads.size(); ++i) {
      if (is_lost[i]) continue;
      const JobContext* const job = workers_[i]->pulse().condemn(kGrace);
      if (!job) continue;
      is_lost[i] = true;
      ++lost_;
      lose(*workers_[i], *job);
    }
    lock.lock();
  }
  lock.unlock();
  for (size_t i = 0; i < threads.size(); ++i) is_lost[i] ? threads[i].detach() : threads[i].join();
  return problem_;
}

void Crew::work_as(BatchWorker& worker) {
  try {
    worker.work();
  } catch (const std::bad_alloc&) {
    give_up("out of memory");
  } catch (const std::exception& error) {
    give_up(error.what());
  }
}

void Crew::give_up(std::string problem) {
  {
    const std::lock_guard lock(mutex_);
    if (problem_.empty()) problem_ = std::move(problem);
  }
  stop_all_();
}

}  // namespace runnel::core
