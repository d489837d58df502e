#include <unistd.h>

#include <cerrno>
#include <string>

#include "verbs.hpp"

namespace runnel::cli {

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = write(fd, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    text.remove_prefix(static_cast<size_t>(size));
  }
  return true;
}

void say(std::string_view text) { write_all(STDERR_FILENO, "runnel: " + std::string(text) + "\n"); }

}  // namespace runnel::cli
