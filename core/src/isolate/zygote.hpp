// A process that forks worker processes: made while the program has one thread and nothing open that workers must not
// have, so that each of them starts as fresh as the first.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

namespace runnel::core {

class Zygote {
 public:
  // What a worker process does with what it is given; it never returns.
  struct Descriptors {
    int socket = -1;
    int memory = -1;
    int state = -1;
  };
  using Body = std::function<void(uint32_t worker, const Descriptors&)>;

  // Forks at once. Throws std::system_error.
  explicit Zygote(Body body);
  ~Zygote();  // ends it and all workers
  Zygote(const Zygote&) = delete;
  Zygote& operator=(const Zygote&) = delete;

  // [any thread] A new worker process; its pid, or -errno.
  pid_t spawn(uint32_t worker, const Descriptors&);
  // [any thread] Once for each worker, when it is dead or should be: one that does not end within a second is killed,
  // and so are children it has left behind. Its wait status; nothing: the zygote is gone, and with it all workers.
  std::optional<int> bury(pid_t);

 private:
  std::mutex mutex_;
  int socket_ = -1;
  pid_t pid_ = -1;
};

}  // namespace runnel::core
