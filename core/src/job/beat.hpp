// What a worker is at, in memory that its supervisor, another process, sees too: whom to blame when the process dies,
// and whether it is late. Written by the worker alone.
#pragma once

#include <atomic>
#include <cstdint>

namespace runnel::core {

struct Beat {
  static constexpr uint32_t kNoRoutine = UINT32_MAX;

  void begin(uint64_t job, int64_t created, int64_t deadline) {
    serial.store(serial.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    routine.store(kNoRoutine, std::memory_order_relaxed);
    is_shared.store(0, std::memory_order_relaxed);
    created_at.store(created, std::memory_order_relaxed);
    deadline_us.store(deadline, std::memory_order_relaxed);
    ordinal.store(job, std::memory_order_release);
  }
  void enter(uint32_t number, int64_t deadline, bool for_several) {
    deadline_us.store(deadline, std::memory_order_relaxed);
    is_shared.store(for_several, std::memory_order_relaxed);
    routine.store(number, std::memory_order_release);
  }
  void end() {
    serial.store(serial.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    ordinal.store(0, std::memory_order_relaxed);
    is_shared.store(0, std::memory_order_relaxed);
    deadline_us.store(INT64_MAX, std::memory_order_release);
  }

  std::atomic<uint64_t> serial{0};   // another one: it has come further
  std::atomic<uint64_t> ordinal{0};  // of the job that runs; 0: none does
  std::atomic<int64_t> created_at{0};
  std::atomic<int64_t> deadline_us{INT64_MAX};  // monotonic, the same clock for all processes
  std::atomic<uint32_t> routine{kNoRoutine};    // entered last by this job
  std::atomic<uint32_t> is_shared{0};           // 1: that activation works for several jobs
};

}  // namespace runnel::core
