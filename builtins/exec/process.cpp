#include "exec/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/write.hpp>
#include <cerrno>
#include <chrono>

extern "C" char** environ;  // NOLINT

namespace runnel::exec {

namespace {

constexpr size_t kBuffer = 64 * 1024;
constexpr size_t kMostDrained = size_t{64} * 1024 * 1024;  // a grandchild may write for ever
constexpr auto kGrace = std::chrono::milliseconds(500);
size_t on_their_way = 0;
constexpr auto kPoll = std::chrono::milliseconds(20);  // where the kernel has no pidfd

struct Pipes {
  std::array<int, 6> ends{-1, -1, -1, -1, -1, -1};
  ~Pipes() {
    for (const int fd : ends) {
      if (fd >= 0) ::close(fd);
    }
  }
  bool open() {
    for (size_t i = 0; i < 6; i += 2) {
      if (::pipe2(&ends[i], O_CLOEXEC) != 0) return false;
    }
    return true;
  }
};

std::vector<std::string> environment(const Command& command) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    bool replaced = false;
    for (const auto& [name, value] : command.environment) {
      replaced |= text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=';
    }
    if (!replaced) all.emplace_back(text);
  }
  for (const auto& [name, value] : command.environment) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// Its own group, no blocked or ignored signals, nothing of ours open but the pipes.
int spawn(const Command& command, const Pipes& pipes, pid_t& pid, size_t& noted) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, pipes.ends[0], 0);
  posix_spawn_file_actions_adddup2(&actions, pipes.ends[3], 1);
  posix_spawn_file_actions_adddup2(&actions, pipes.ends[5], 2);
  if (!command.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, command.folder.c_str());
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> arguments = command.arguments;
  std::vector<std::string> variables = environment(command);
  std::vector<char*> argument_pointers = pointers(arguments);
  std::vector<char*> variable_pointers = pointers(variables);
  int error = 0;
  {
    const Starting starting;  // nothing here takes a lock
    error = posix_spawnp(&pid, argument_pointers[0], &actions, &attributes, argument_pointers.data(),
                         variable_pointers.data());
    if (error == 0) noted = note_alive(pid);
  }
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error;
}

}  // namespace

Process::Process(asio::io_context& context)
    : in_(context), out_(context), err_(context), exit_(context), kill_(context), poll_(context) {}

// Only one that could not be started gets here with a child: what works on a child holds the process.
Process::~Process() {
  if (pid_ >= 0) signal_child(pid_, SIGKILL);
}

size_t Process::on_their_way_out() { return on_their_way; }

std::shared_ptr<Process> Process::start(asio::io_context& context, const Command& command, Events events,
                                        std::function<void()> gone, int& error) {
  static const bool once = (kill_children_at_end(), true);
  static_cast<void>(once);
  Pipes pipes;
  if (!pipes.open()) {
    error = errno;
    return nullptr;
  }
  auto process = std::make_shared<Process>(context);
  // Before the child: what fails here has started none.
  for (const auto& [pipe, end] :
       {std::pair{&process->in_, 1}, std::pair{&process->out_, 2}, std::pair{&process->err_, 4}}) {
    if (!process->adopt(*pipe, pipes.ends[static_cast<size_t>(end)])) {
      error = ENOMEM;
      return nullptr;
    }
  }
  error = spawn(command, pipes, process->pid_, process->noted_);
  if (error) {
    process->pid_ = -1;
    return nullptr;
  }
  process->watch();
  process->events_ = std::make_shared<const Events>(std::move(events));
  process->gone_ = std::move(gone);
  process->read(process->out_, &Events::out, process->out_buffer_);
  process->read(process->err_, &Events::err, process->err_buffer_);
  return process;
}

bool Process::adopt(Pipe& pipe, int& fd) {
  asio::error_code error;
  pipe.assign(fd, error);
  if (error) return false;
  fd = -1;
  pipe.non_blocking(true, error);
  return !error;
}

void Process::write(std::string bytes) {
  if (!in_.is_open()) return;
  to_write_.push_back(std::move(bytes));
  if (!writing_) write_next();
}

void Process::close_input() {
  will_end();
  closing_ = true;
  asio::error_code ignored;
  if (!writing_) in_.close(ignored);
}

void Process::will_end() {
  if (pid_ >= 0 && !std::exchange(will_end_, true)) ++on_their_way;
}

bool Process::has_said_more() {
  if (!out_.is_open()) return false;
  pollfd ready{out_.native_handle(), POLLIN, 0};
  return ::poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN);
}

bool Process::is_ending() {
  if (!out_.is_open() || has_ended()) return true;
  pollfd ready{out_.native_handle(), 0, 0};
  return ::poll(&ready, 1, 0) > 0 && (ready.revents & (POLLHUP | POLLERR));
}

void Process::write_next() {
  writing_ = true;
  asio::async_write(in_, asio::buffer(to_write_.front()),
                    [self = shared_from_this()](const asio::error_code& error, size_t) {
                      self->writing_ = false;
                      if (error || !self->in_.is_open()) return self->to_write_.clear();  // it reads no more
                      self->to_write_.pop_front();
                      if (!self->to_write_.empty()) return self->write_next();
                      asio::error_code ignored;
                      if (self->closing_) self->in_.close(ignored);
                    });
}

void Process::call(Bytes event, std::string_view bytes) {
  const auto events = events_;
  if (events && *events.*event) ((*events).*event)(bytes);
}

void Process::read(Pipe& pipe, Bytes event, std::string& buffer) {
  buffer.resize(kBuffer);
  pipe.async_read_some(asio::buffer(buffer),
                       [self = shared_from_this(), &pipe, event, &buffer](const asio::error_code& error, size_t count) {
                         if (error) return;
                         self->call(event, {buffer.data(), count});
                         if (pipe.is_open()) self->read(pipe, event, buffer);
                       });
}

void Process::drain(Pipe& pipe, Bytes event) {
  std::string buffer(kBuffer, '\0');
  for (size_t total = 0; pipe.is_open() && total < kMostDrained;) {
    const ssize_t count = ::read(pipe.native_handle(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    total += static_cast<size_t>(count);
    call(event, {buffer.data(), static_cast<size_t>(count)});
  }
}

void Process::watch() {
#ifdef SYS_pidfd_open
  const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (fd >= 0) {
    asio::error_code failed;
    exit_.assign(fd, failed);
    if (!failed) {
      return exit_.async_wait(Pipe::wait_read, [self = shared_from_this()](const asio::error_code& error) {
        if (error) return self->look();
        self->leader_ended();
      });
    }
    ::close(fd);
  }
#endif
  look();
}

bool Process::has_ended() const {
  if (pid_ < 0) return true;
  siginfo_t info{};
  const int result = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
  return result == 0 ? info.si_pid == pid_ : errno == ECHILD;  // where SIGCHLD is ignored nothing is left to wait for
}

void Process::look() {
  if (pid_ < 0) return;
  if (has_ended()) return leader_ended();
  poll_.expires_after(kPoll);
  poll_.async_wait([self = shared_from_this()](const asio::error_code&) { self->look(); });
}

// Its group is killed before it is reaped: until then the group's number is nobody else's.
void Process::leader_ended() {
  if (pid_ < 0) return;
  if (!has_ended()) return look();
  const auto self = shared_from_this();
  ::kill(-pid_, SIGKILL);
  drain(out_, &Events::out);
  drain(err_, &Events::err);
  forget_alive(noted_);
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  close_pipes();
  if (const auto events = std::exchange(events_, nullptr); events && events->ended) events->ended(status);
  if (will_end_) --on_their_way;
  if (const auto gone = std::exchange(gone_, nullptr)) gone();
}

void Process::stop() {
  if (pid_ < 0) return;
  will_end();
  signal_child(pid_, SIGTERM);
  kill_.expires_after(kGrace);
  kill_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (!error && self->pid_ >= 0) signal_child(self->pid_, SIGKILL);
  });
}

void Process::retire() {
  events_ = nullptr;
  if (pid_ < 0) return;
  close_input();
  kill_.expires_after(kGrace);
  kill_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (!error) self->stop();
  });
}

// It is reaped when it has ended, not here: a process in the middle of a system call takes its time to die.
void Process::abandon() {
  events_ = nullptr;
  if (pid_ < 0) return;
  will_end();
  signal_child(pid_, SIGKILL);
  asio::error_code ignored;
  for (Pipe* pipe : {&in_, &out_, &err_}) pipe->close(ignored);
}

void Process::close_pipes() {
  asio::error_code ignored;
  for (Pipe* pipe : {&in_, &out_, &err_, &exit_}) pipe->close(ignored);
  kill_.cancel();
  poll_.cancel();
}

}  // namespace runnel::exec
