#include "plugin/trial_child.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include "base/diagnostic.hpp"

namespace runnel::core {

namespace {

constexpr unsigned kPatience = 60;  // seconds until a library that does not come back is given up
constexpr size_t kMostSaid = 300;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// [child] Never returns. Its end is no crash of ours: no core file, and signals end it whoever handled them in us.
[[noreturn]] void run_child(const std::function<void()>& open, int said, int done) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGALRM, SIGINT, SIGTERM, SIGHUP}) {
    std::signal(signal, SIG_DFL);
  }
  const rlimit no_core{};
  setrlimit(RLIMIT_CORE, &no_core);
  alarm(kPatience);
  dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);  // a line read here would be lost
  dup2(said, STDOUT_FILENO);
  dup2(said, STDERR_FILENO);
  open();
  const char mark = 1;
  _exit(pwrite(done, &mark, 1, 0) == 1 ? 0 : 1);
}

std::string ending(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGALRM) return "it was not loaded within " + std::to_string(kPatience) + " seconds";
    const char* name = sigabbrev_np(signal);
    return "it died with " + (name ? std::string("SIG") + name : "signal " + std::to_string(signal)) +
           " while it was loaded";
  }
  return "it called exit(" + std::to_string(WEXITSTATUS(status)) + ") while it was loaded";
}

// The last line of what the child wrote.
std::string last_words(int said) {
  char text[4096];
  const off_t size = lseek(said, 0, SEEK_END);
  const off_t from = size > static_cast<off_t>(sizeof text) ? size - static_cast<off_t>(sizeof text) : 0;
  const ssize_t got = pread(said, text, sizeof text, from);
  std::string_view all(text, got > 0 ? static_cast<size_t>(got) : 0);
  while (!all.empty() && (all.back() == '\n' || all.back() == ' ')) all.remove_suffix(1);
  if (const size_t line = all.rfind('\n'); line != std::string_view::npos) all.remove_prefix(line + 1);
  return printable(all.substr(0, kMostSaid));
}

}  // namespace

std::optional<Refusal> try_in_child(const std::function<void()>& open) {
  const Descriptor said(memfd_create("said", MFD_CLOEXEC));
  const Descriptor done(memfd_create("done", MFD_CLOEXEC));
  const pid_t child = said.get() < 0 || done.get() < 0 ? -1 : fork();
  if (child < 0) {
    return Refusal{std::string("no child process to try it in can be started: ") + std::strerror(errno),
                   "raise the limits of processes and open files"};
  }
  if (child == 0) run_child(open, said.get(), done.get());
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return std::nullopt;  // somebody else waited for it: nothing is known
  }
  char mark = 0;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && pread(done.get(), &mark, 1, 0) == 1) return std::nullopt;
  std::string message = ending(status);
  if (const std::string words = last_words(said.get()); !words.empty()) message += "; its last words: " + words;
  return Refusal{std::move(message), "look at its static constructors and its init function"};
}

}  // namespace runnel::core
