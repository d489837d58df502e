#include "exec/alive.hpp"

#include <signal.h>
#include <time.h>

#include <array>
#include <atomic>
#include <cerrno>

namespace runnel::exec {

namespace {

constexpr size_t kMost = 8192;
std::array<std::atomic<int>, kMost> alive{};  // 0: free
std::atomic<int> starting{0};
static_assert(std::atomic<int>::is_always_lock_free);

// Async-signal-safe. Not on the exec thread, which blocks all signals: it goes on while this waits.
void end_with_children(int signal) {
  const int before = errno;
  for (int i = 0; i < 100 && starting != 0; ++i) {
    const timespec pause{0, 1'000'000};
    ::nanosleep(&pause, nullptr);
  }
  for (const std::atomic<int>& pid : alive) {
    if (const int number = pid) signal_child(number, SIGKILL);
  }
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  sigemptyset(&standard.sa_mask);
  ::sigaction(signal, &standard, nullptr);
  ::raise(signal);  // comes when the handler returns
  errno = before;
}

}  // namespace

void kill_children_at_end() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) != 0 || (action.sa_flags & SA_SIGINFO) || action.sa_handler != SIG_DFL)
      continue;
    action = {};
    action.sa_handler = end_with_children;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    ::sigaction(signal, &action, nullptr);
  }
}

Starting::Starting() { ++starting; }
Starting::~Starting() { --starting; }

size_t note_alive(int pid) {
  static size_t next = 0;  // most often free: the one after the last
  for (size_t i = 0; i < kMost; ++i) {
    const size_t at = (next + i) % kMost;
    if (alive[at] != 0) continue;
    alive[at] = pid;
    next = at + 1;
    return at;
  }
  return kNotNoted;
}

void forget_alive(size_t noted) {
  if (noted != kNotNoted) alive[noted] = 0;
}

void signal_child(int pid, int signal) {
  ::kill(-pid, signal);
  ::kill(pid, signal);
}

}  // namespace runnel::exec
