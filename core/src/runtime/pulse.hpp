// What a worker is at, for a watchdog on another thread: a native routine that does not return can be seen from there
// only. The worker pays a few plain stores and one load for each job.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "job/beat.hpp"
#include "job/job_context.hpp"

namespace runnel::core {

class Pulse {
 public:
  // [worker] A job runs from here to end(). What it was given (id, place, input, metadata) does not change meanwhile.
  void begin(const JobContext& job, int64_t deadline_us) {
    serial_.store(serial_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    deadline_us_.store(deadline_us, std::memory_order_relaxed);
    job_.store(&job, std::memory_order_release);
    if (beat_) beat_->begin(job.place.ordinal, job.created_at, deadline_us);
  }
  void enter(uint32_t routine, int64_t deadline_us, bool for_several) {
    routine_.store(routine, std::memory_order_relaxed);
    deadline_us_.store(deadline_us, std::memory_order_relaxed);
    if (beat_) beat_->enter(routine, deadline_us, for_several);
  }
  void end() {
    if (beat_) beat_->end();
    job_.store(nullptr, std::memory_order_release);
    if (suspected_.load(std::memory_order_acquire)) await_verdict();
  }

  // Before the first job: the same is written there, for a supervisor in another process.
  void mirror(Beat& beat) { beat_ = &beat; }

  // [watchdog] The job that runs longer than it may by more than `grace_us`, and has just been taken from the worker:
  // its thread does nothing more once the routine returns. Null: there is none.
  const JobContext* condemn(int64_t grace_us);
  uint32_t routine() const { return routine_.load(std::memory_order_relaxed); }

 private:
  void await_verdict();

  std::atomic<const JobContext*> job_{nullptr};
  std::atomic<uint64_t> serial_{0};  // of the job
  std::atomic<int64_t> deadline_us_{0};
  std::atomic<uint32_t> routine_{0};
  std::atomic<bool> suspected_{false};
  std::mutex mutex_;
  bool is_condemned_ = false;
  Beat* beat_ = nullptr;
};

}  // namespace runnel::core
