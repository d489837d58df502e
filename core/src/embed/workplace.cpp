#include "embed/workplace.hpp"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/clock.hpp"
#include "embed/worker_process.hpp"
#include "isolate/state_log.hpp"
#include "runnel/isolation.hpp"

namespace runnel::core {

std::string signal_name(int signal) {
  const char* const name = ::sigabbrev_np(signal);
  return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

std::string death_text(int status, const DeathNote& note) {
  if (note.out_of_memory.is_set()) return "out of memory";
  if (WIFEXITED(status)) return "exit(" + std::to_string(WEXITSTATUS(status)) + ")";
  return signal_name(WTERMSIG(status)) + (note.out_of_stack.is_set() ? ", out of stack" : "");
}

WorkerProcess::WorkerProcess(Zygote& zygote, std::unique_ptr<SupervisorEnd> end, pid_t pid)
    : zygote_(zygote), end_(std::move(end)), pid_(pid), pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}

WorkerProcess::~WorkerProcess() {
  if (pid_ > 0) {
    kill();
    bury();
  }
  if (pidfd_ >= 0) ::close(pidfd_);
}

bool WorkerProcess::is_dead() const {
  pollfd death{pidfd_, POLLIN, 0};
  return pidfd_ >= 0 && ::poll(&death, 1, 0) > 0;
}

bool WorkerProcess::dies_soon() const {
  constexpr int kSoon = 500;  // ms
  pollfd death{pidfd_, POLLIN, 0};
  return pidfd_ < 0 || ::poll(&death, 1, kSoon) > 0;
}

// Nobody has waited for it before it is buried: the number is still its own.
void WorkerProcess::kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

std::optional<int> WorkerProcess::bury() {
  if (pid_ < 0) return std::nullopt;
  const auto status = zygote_.bury(pid_);
  pid_ = -1;
  return status;
}

std::string WorkerProcess::end_of_loading() {
  const bool was_late = monotonic_us() > end_->page().beat.deadline_us;
  const auto status = bury();
  if (was_late) return "the flow was not loaded within 60 seconds";
  return "its process died while the flow was loaded" +
         (status ? ": " + death_text(*status, end_->page().note) : std::string());
}

Workplace::Workplace(Load load, const RuntimeOptions& runtime, const BatchOptions& options, Note note)
    : zygote_([load = std::move(load), runtime, options](uint32_t worker, const Zygote::Descriptors& given) {
        run_worker_process(worker, given, load, runtime, options);
      }),
      note_(std::move(note)) {}

Workplace::~Workplace() {
  tried_.reset();
  for (const auto& [worker, file] : states_) ::close(file);
}

int Workplace::state_of(uint32_t worker) {
  const std::lock_guard lock(mutex_);
  const auto [at, is_new] = states_.emplace(worker, -1);
  if (is_new) at->second = StateLog::make_file();
  if (at->second < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
  return at->second;
}

std::unique_ptr<WorkerProcess> Workplace::start(uint32_t worker, std::string& problem) {
  if (worker == 0 && tried_) return std::move(tried_);
  try {
    auto end = std::make_unique<SupervisorEnd>();
    const pid_t pid = zygote_.spawn(worker, {end->worker_socket(), end->memory(), state_of(worker)});
    if (pid == -ECHILD) {
      problem = "the process that starts workers is gone";
    } else if (pid < 0) {
      problem = "cannot start the process of worker " + std::to_string(worker) + ": " + ::strerror(-pid);
    } else {
      end->release_worker_socket();
      return std::make_unique<WorkerProcess>(zygote_, std::move(end), pid);
    }
  } catch (const std::exception& error) {
    problem = "cannot start the process of worker " + std::to_string(worker) + ": " + error.what();
  }
  return nullptr;
}

std::string Workplace::try_flow() {
  std::string problem;
  tried_ = start(0, problem);
  if (!tried_) return problem;
  SupervisorEnd& end = tried_->end();
  while (end.may_sleep()) {
    pollfd fds[] = {{end.socket(), POLLIN, 0}, {tried_->death_fd(), POLLIN, 0}};
    constexpr int kLook = 250;  // ms
    ::poll(fds, tried_->death_fd() < 0 ? 1 : 2, kLook);
    if (monotonic_us() > end.page().beat.deadline_us) tried_->kill();
    if ((!tried_->is_dead() && end.hear()) || !end.may_sleep()) continue;
    problem = tried_->end_of_loading();
    tried_.reset();
    return problem;
  }
  return "";
}

}  // namespace runnel::core

namespace runnel {

Isolation::Isolation(std::function<Flow()> load, const RuntimeOptions& runtime, const BatchOptions& options,
                     std::function<void(const std::string&)> note)
    : workplace_(std::make_unique<core::Workplace>(std::move(load), runtime, options, std::move(note))) {}
Isolation::~Isolation() = default;
std::string Isolation::try_flow() { return workplace_->try_flow(); }

}  // namespace runnel
