// The worker processes of a batch as its supervisor has them: started, heard, ended.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "isolate/channel.hpp"
#include "isolate/zygote.hpp"
#include "runnel/batch.hpp"

namespace runnel::core {

// A worker process, until it is buried.
class WorkerProcess {
 public:
  WorkerProcess(Zygote& zygote, std::unique_ptr<SupervisorEnd> end, pid_t pid);
  ~WorkerProcess();  // kills and buries it
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  SupervisorEnd& end() { return *end_; }
  int death_fd() const { return pidfd_; }  // readable when it is dead; -1: the channel's end alone tells
  bool is_dead() const;
  bool dies_soon() const;  // its end of the channel is closed, which is so, too, when it is about to be dead
  void kill();
  // It is dead and has not been ready: how it died, for people. Buries it.
  std::string end_of_loading();
  // Its wait status; nothing: all processes are gone, or it is buried. What it has written can still be read.
  std::optional<int> bury();

 private:
  Zygote& zygote_;
  std::unique_ptr<SupervisorEnd> end_;
  pid_t pid_;
  int pidfd_;
};

// How a process ended: "SIGSEGV", "SIGSEGV, out of stack", "exit(0)", "out of memory".
std::string death_text(int status, const DeathNote&);
std::string signal_name(int signal);

class Workplace {
 public:
  using Load = std::function<runnel::Flow()>;
  using Note = std::function<void(const std::string&)>;

  Workplace(Load load, const RuntimeOptions&, const BatchOptions&, Note note);

  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  // See Isolation::try_flow(). A process that lives is worker 0's later.
  std::string try_flow();
  // [any thread] Null: `problem` says why there is none. It says `ready` first.
  std::unique_ptr<WorkerProcess> start(uint32_t worker, std::string& problem);
  void note(const std::string& text) const {
    if (note_) note_(text);
  }

 private:
  int state_of(uint32_t worker);

  Zygote zygote_;
  Note note_;
  std::mutex mutex_;
  std::map<uint32_t, int> states_;  // files with the state of each worker, which outlive its processes
  std::unique_ptr<WorkerProcess> tried_;
};

}  // namespace runnel::core
