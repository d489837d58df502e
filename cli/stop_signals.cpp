#include "stop_signals.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "verbs.hpp"

namespace runnel::cli {

namespace {

using std::chrono::milliseconds;

// What was cancelled still has to be recorded and written; a routine that does not return, or a reader that does not
// read, is waited for no longer.
constexpr milliseconds kLastWords{5000};
constexpr milliseconds kLastWordsAtOnce{1000};  // after a second signal
constexpr milliseconds kBetweenFreezes{20};

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

std::string name_of_signal(int signal) {
  return signal == SIGINT ? "SIGINT" : signal == SIGTERM ? "SIGTERM" : "SIGHUP";
}

sigset_t signals_of_ours() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    const bool is_ignored =
        ::sigaction(signal, nullptr, &action) == 0 && !(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_IGN;
    if (!is_ignored) sigaddset(&set, signal);
  }
  return set;
}

// Somebody in the process, such as the class exec with its children, may have asked to be told.
void tell_handler(int signal) {
  struct sigaction action {};
  if (::sigaction(signal, nullptr, &action) != 0 || (action.sa_flags & SA_SIGINFO)) return;
  if (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN) action.sa_handler(signal);
}

}  // namespace

StopSignals::StopSignals(Stopper stopper, StopTimes times) : stopper_(std::move(stopper)), times_(std::move(times)) {
  const sigset_t ours = signals_of_ours();
  over_fd_ = checked(::eventfd(0, EFD_CLOEXEC), "eventfd");
  signal_fd_ = checked(::signalfd(-1, &ours, SFD_CLOEXEC), "signalfd");
  pthread_sigmask(SIG_BLOCK, &ours, nullptr);
  if (times_.timeout) timeout_at_ = Clock::now() + *times_.timeout;
  thread_ = std::thread([this] { watch(); });
}

// The signals stay blocked: one that comes now comes too late.
StopSignals::~StopSignals() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(over_fd_, &one, sizeof one);
  thread_.join();
  ::close(signal_fd_);
  ::close(over_fd_);
}

void StopSignals::watch() {
  for (;;) {
    const int signal = next_signal();
    if (is_over_) return;
    if (signal) {
      on_signal(signal);
    } else {
      on_time();
    }
  }
}

int StopSignals::next_signal() {
  for (;;) {
    const Clock::time_point until = std::min({cancel_at_, timeout_at_, end_at_});
    int wait = -1;
    if (until != Clock::time_point::max()) {
      const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
      wait = static_cast<int>(std::clamp<int64_t>(left, 0, 1'000'000));
    }
    pollfd fds[] = {{over_fd_, POLLIN, 0}, {signal_fd_, POLLIN, 0}};
    const int ready = ::poll(fds, 2, wait);
    if (ready < 0) continue;  // EINTR, of a signal that is not ours
    is_over_ = fds[0].revents != 0;
    if (is_over_) return 0;
    if (ready == 0) {
      if (Clock::now() >= until) return 0;
      continue;
    }
    signalfd_siginfo info{};
    if (::read(signal_fd_, &info, sizeof info) == sizeof info) return static_cast<int>(info.ssi_signo);
  }
}

void StopSignals::on_signal(int signal) {
  ++signals_;
  const bool was_asked = exit_code_ != 0;
  if (signals_ == 1) {
    exit_code_ = 128 + signal;
    stopper_.drain(exit_code_, "stopped by " + name_of_signal(signal));
    if (!was_asked) cancel_at_ = Clock::now() + times_.grace;
  } else if (signals_ == 2) {
    cancel_at_ = Clock::time_point::max();
    stopper_.cancel();
    end_at_ = std::min(end_at_, Clock::now() + kLastWordsAtOnce);
  } else {
    ::_exit(exit_code_);
  }
}

void StopSignals::on_time() {
  const Clock::time_point now = Clock::now();
  if (now >= end_at_) return end_now();
  if (now >= timeout_at_) {
    timeout_at_ = Clock::time_point::max();
    if (exit_code_ == 0) {
      exit_code_ = kTimeoutExit;
      cancel_at_ = now + times_.grace;
      stopper_.drain(exit_code_, "--timeout " + times_.timeout_text + " is over");
    }
  }
  if (now >= cancel_at_) {
    cancel_at_ = Clock::time_point::max();
    stopper_.cancel();
    end_at_ = std::min(end_at_, now + kLastWords);
  }
}

// Something does not come to its end. Whole lines only: while one is being written, the next try is a little later.
void StopSignals::end_now() {
  const Stopper::Progress progress = stopper_.freeze();
  if (!progress.at_line_end) {
    end_at_ = Clock::now() + kBetweenFreezes;
    return;
  }
  const uint64_t left = progress.admitted - std::min(progress.admitted, progress.written);
  say("stopped at once: " + std::to_string(progress.written) + (progress.written == 1 ? " job" : " jobs") +
      " written, " + std::to_string(left) + " admitted and not written; input that was not admitted is not counted" +
      times_.how_to_go_on);
  tell_handler(exit_code_ > 128 ? exit_code_ - 128 : SIGTERM);
  ::_exit(exit_code_);
}

}  // namespace runnel::cli
