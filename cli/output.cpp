#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/diagnostic.hpp"
#include "verbs.hpp"

namespace runnel::cli {

namespace {

bool closed_at_start[3] = {};

}  // namespace

void fill_standard_descriptors() {
  for (int fd = 0; fd < 3; ++fd) {
    if (fcntl(fd, F_GETFD) != -1) continue;
    closed_at_start[fd] = true;
    open("/dev/null", O_RDWR);  // takes the lowest free number: this one
  }
}

bool was_closed(int fd) { return closed_at_start[fd]; }

int take_stdout() {
  static const int kept = [] {
    const int fd = was_closed(STDOUT_FILENO) ? -1 : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
    if (fd >= 0) dup2(STDERR_FILENO, STDOUT_FILENO);
    return fd;
  }();
  return kept;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = write(fd, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    text.remove_prefix(static_cast<size_t>(size));
  }
  return true;
}

void say(std::string_view text) { write_all(STDERR_FILENO, "runnel: " + core::printable_lines(text) + "\n"); }

}  // namespace runnel::cli
