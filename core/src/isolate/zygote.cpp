#include "isolate/zygote.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <type_traits>

namespace runnel::core {
namespace {

constexpr int kReap = 1000;      // ms between looks for dead children that others have left to us
constexpr int kPatience = 1000;  // ms for a worker that closed its end of the channel and is still there

struct Order {
  bool buries = false;
  uint32_t worker = 0;
  pid_t pid = -1;
};

using Descriptors = Zygote::Descriptors;
static_assert(std::is_trivially_copyable_v<Descriptors> && sizeof(Descriptors) == 3 * sizeof(int));

struct Control {
  alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(Descriptors))] = {};
};

bool send_order(int to, Order order, const Descriptors* fds) {
  iovec part{&order, sizeof order};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  Control control;
  if (fds) {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof *fds);
    std::memcpy(CMSG_DATA(header), fds, sizeof *fds);
  }
  ssize_t size = 0;
  do {
    size = ::sendmsg(to, &message, MSG_NOSIGNAL);
  } while (size < 0 && errno == EINTR);
  return size == sizeof order;
}

bool receive_order(int from, Order& order, Descriptors& fds) {
  iovec part{&order, sizeof order};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  Control control;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  ssize_t size = 0;
  do {
    size = ::recvmsg(from, &message, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  if (size != sizeof order) return false;
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  fds = {};
  if (header && header->cmsg_type == SCM_RIGHTS) std::memcpy(&fds, CMSG_DATA(header), sizeof fds);
  return true;
}

template <class Answer>
bool receive(int from, Answer& answer) {
  ssize_t size = 0;
  do {
    size = ::recv(from, &answer, sizeof answer, 0);
  } while (size < 0 && errno == EINTR);
  return size == sizeof answer;
}

// ---- In the zygote

// A worker ends with the zygote, which ends when its socket does.
void die_with(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);
}

void close_from(int first) {
  if (::syscall(SYS_close_range, static_cast<unsigned>(first), UINT_MAX, 0) == 0) return;
  for (int fd = first; fd < 4096; ++fd) ::close(fd);
}

// Standard input is the supervisor's, and so is what else it has open; what is printed goes to its standard error.
void keep_only(int socket) {
  constexpr int kSocket = 3;
  if (socket != kSocket) ::dup3(socket, kSocket, O_CLOEXEC);
  close_from(kSocket + 1);
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::close(nothing);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

// The supervisor hears them; a worker ends when it says so.
void block_stops() {
  sigset_t stops;
  sigemptyset(&stops);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&stops, signal);
  ::sigprocmask(SIG_BLOCK, &stops, nullptr);
  ::signal(SIGCHLD, SIG_DFL);
}

// The process's parent and group; false: it is no process.
bool look_at_process(const char* name, pid_t& parent, pid_t& group) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%.20s/stat", name);
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  char text[512];
  const ssize_t size = ::read(fd, text, sizeof text - 1);
  ::close(fd);
  text[size > 0 ? size : 0] = '\0';
  const char* const behind_name = std::strrchr(text, ')');  // which may hold anything
  return behind_name && std::sscanf(behind_name, ") %*c %d %d", &parent, &group) == 2;
}

// Children that others have left to us.
template <class Visit>
void for_each_orphan(const pid_t* workers, size_t count, const Visit& visit) {
  DIR* const processes = ::opendir("/proc");
  if (!processes) return;
  while (const dirent* const entry = ::readdir(processes)) {
    const pid_t pid = std::atoi(entry->d_name);
    pid_t parent = 0;
    pid_t group = 0;
    if (pid <= 0 || !look_at_process(entry->d_name, parent, group) || parent != ::getpid()) continue;
    bool is_worker = false;
    for (size_t i = 0; i < count; ++i) is_worker |= workers[i] == pid;
    if (!is_worker) visit(pid, group);
  }
  ::closedir(processes);
}

class ZygoteProcess {
 public:
  ZygoteProcess(int socket, const Zygote::Body& body) : socket_(socket), body_(body) {}

  [[noreturn]] void serve() {
    Order order;
    Descriptors fds;
    for (;;) {
      pollfd order_came{socket_, POLLIN, 0};
      if (::poll(&order_came, 1, kReap) == 0) {
        reap_orphans();
        continue;
      }
      if (!receive_order(socket_, order, fds)) break;
      const int answer = order.buries ? bury(order.pid) : spawn(order.worker, fds);
      if (::send(socket_, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) break;
    }
    for (size_t i = 0; i < count_; ++i) ::kill(workers_[i], SIGKILL);
    for (size_t i = 0; i < count_; ++i) ::waitpid(workers_[i], nullptr, 0);
    count_ = 0;
    end_orphans();
    ::_exit(0);
  }

 private:
  int spawn(uint32_t worker, const Descriptors& fds) {
    const pid_t zygote = ::getpid();
    const pid_t pid = count_ == kMost ? -1 : ::fork();
    const int error = count_ == kMost ? EAGAIN : errno;
    if (pid == 0) {
      die_with(zygote);
      ::close(socket_);
      body_(worker, fds);
      ::_exit(0);
    }
    for (const int fd : {fds.socket, fds.memory, fds.state}) ::close(fd);
    if (pid < 0) return -error;
    workers_[count_++] = pid;
    return pid;
  }

  int bury(pid_t pid) {
    int status = 0;
    for (int waited = 0; ::waitpid(pid, &status, WNOHANG) == 0; ++waited) {
      if (waited == kPatience) ::kill(pid, SIGKILL);
      ::poll(nullptr, 0, waited < 10 ? 0 : 1);
    }
    size_t at = 0;
    while (at < count_ && workers_[at] != pid) ++at;
    if (at < count_) workers_[at] = workers_[--count_];
    end_orphans();
    reap_orphans();
    return status;
  }

  // What a dead worker has left, such as commands under way: those that lead a group of their own, with the group.
  void end_orphans() const {
    for_each_orphan(workers_, count_, [](pid_t pid, pid_t group) {
      if (group == pid) ::kill(-pid, SIGKILL);
    });
  }

  // Those that are dead; workers wait for bury().
  void reap_orphans() const {
    for_each_orphan(workers_, count_, [](pid_t pid, pid_t) { ::waitpid(pid, nullptr, WNOHANG); });
  }

  static constexpr size_t kMost = 4096;
  const int socket_;
  const Zygote::Body& body_;
  pid_t workers_[kMost];
  size_t count_ = 0;
};

}  // namespace

Zygote::Zygote(Body body) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::system_error(errno, std::generic_category(), "socketpair");
  pid_ = ::fork();
  if (pid_ < 0) {
    const int error = errno;
    ::close(ends[0]);
    ::close(ends[1]);
    throw std::system_error(error, std::generic_category(), "fork");
  }
  if (pid_ == 0) {
    keep_only(ends[1]);
    block_stops();
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ZygoteProcess(3, body).serve();
  }
  ::close(ends[1]);
  socket_ = ends[0];
}

Zygote::~Zygote() {
  ::close(socket_);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

pid_t Zygote::spawn(uint32_t worker, const Descriptors& fds) {
  const std::lock_guard lock(mutex_);
  int pid = 0;
  Order order;
  order.worker = worker;
  if (!send_order(socket_, order, &fds) || !receive(socket_, pid)) return -ECHILD;
  return pid;
}

std::optional<int> Zygote::bury(pid_t pid) {
  const std::lock_guard lock(mutex_);
  int status = 0;
  Order order;
  order.buries = true;
  order.pid = pid;
  if (!send_order(socket_, order, nullptr) || !receive(socket_, status)) return std::nullopt;
  return status;
}

}  // namespace runnel::core
