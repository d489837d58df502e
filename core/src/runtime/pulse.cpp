#include "runtime/pulse.hpp"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "base/clock.hpp"

namespace runnel::core {
namespace {

// Afterwards every other thread has seen what this one stored, or what it stored itself can be seen here: the fence
// that end() does without.
void fence_all_threads() {
  static const bool is_registered = ::syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
  if (is_registered && ::syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0) return;
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // no store stays unseen so long
}

}  // namespace

const JobContext* Pulse::condemn(int64_t grace_us) {
  const uint64_t serial = serial_.load(std::memory_order_relaxed);
  const JobContext* const job = job_.load(std::memory_order_acquire);
  if (!job || monotonic_us() < deadline_us_.load(std::memory_order_relaxed) + grace_us) return nullptr;
  suspected_.store(true, std::memory_order_seq_cst);
  fence_all_threads();
  const std::lock_guard lock(mutex_);
  // Its worker comes no further than await_verdict(), if it is still there.
  if (job_.load(std::memory_order_acquire) == job && serial_.load(std::memory_order_relaxed) == serial &&
      monotonic_us() >= deadline_us_.load(std::memory_order_relaxed) + grace_us) {
    is_condemned_ = true;
    return job;
  }
  suspected_.store(false, std::memory_order_relaxed);
  return nullptr;
}

void Pulse::await_verdict() {
  {
    const std::lock_guard lock(mutex_);
    if (!is_condemned_) return;
  }
  for (;;) ::pause();  // the process is about to end
}

}  // namespace runnel::core
