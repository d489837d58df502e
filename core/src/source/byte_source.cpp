#include "source/byte_source.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace runnel::core {
namespace {

// Without O_NONBLOCK opening a FIFO waits for its writer, deaf to stop(). It changes nothing for a file.
int open_for_reading(const std::string& name) {
  int fd;
  do {
    fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

}  // namespace

int check_readable(const std::string& name) {
  struct stat info {};
  if (name == "-" ? ::fstat(STDIN_FILENO, &info) : ::stat(name.c_str(), &info)) return errno;
  if (S_ISDIR(info.st_mode)) return EISDIR;
  if (name == "-") return 0;
  // The writer of a FIFO would take our opening and closing for a reader that came and went.
  if (!S_ISREG(info.st_mode)) return ::access(name.c_str(), R_OK) == 0 ? 0 : errno;
  const int fd = open_for_reading(name);
  if (fd < 0) return errno;
  ::close(fd);
  return 0;
}

ByteSource::ByteSource(int watch_fd) : watch_fd_(watch_fd), stop_fd_(::eventfd(0, EFD_CLOEXEC)) {
  if (stop_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

ByteSource::~ByteSource() {
  close();
  ::close(stop_fd_);
}

bool ByteSource::open(const std::string& name) {
  owned_ = name != "-";
  fd_ = owned_ ? open_for_reading(name) : STDIN_FILENO;
  struct stat info {};
  if (fd_ < 0 || ::fstat(fd_, &info) != 0) {
    error_ = errno;
    close();
    return false;
  }
  never_blocks_ = S_ISREG(info.st_mode) || S_ISBLK(info.st_mode) || S_ISDIR(info.st_mode);
  return true;
}

void ByteSource::close() {
  if (fd_ >= 0 && owned_) ::close(fd_);
  fd_ = -1;
}

ByteSource::Got ByteSource::fail(int error) {
  error_ = error;
  return Got::failed;
}

ByteSource::Got ByteSource::wait_for_bytes(bool wait) {
  for (;;) {
    pollfd fds[] = {{fd_, POLLIN, 0}, {stop_fd_, POLLIN, 0}, {watch_fd_, 0, 0}};  // poll skips an fd of -1
    if (::poll(fds, wait ? 3 : 1, wait ? -1 : 0) < 0) {
      if (errno == EINTR) continue;
      return fail(errno);
    }
    if (fds[0].revents != 0) return Got::bytes;  // also its end or its failure, which read() tells
    if (!wait) return Got::nothing_yet;
    if (fds[1].revents != 0) return Got::stopped;
    if (fds[2].revents & POLLNVAL) {
      watch_fd_ = -1;
    } else if (fds[2].revents != 0) {
      return Got::reader_gone;
    }
  }
}

ByteSource::Got ByteSource::read(char* to, size_t most, bool wait, size_t& got) {
  for (;;) {
    if (stopped()) return Got::stopped;
    if (!never_blocks_) {
      const Got ready = wait_for_bytes(wait);
      if (ready != Got::bytes) return ready;
    }
    const ssize_t count = ::read(fd_, to, most);
    if (count > 0) {
      got = static_cast<size_t>(count);
      return Got::bytes;
    }
    if (count == 0) return Got::end;
    if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) return fail(errno);
  }
}

void ByteSource::stop() {
  stopped_.store(true, std::memory_order_relaxed);
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(stop_fd_, &one, sizeof one);
}

}  // namespace runnel::core
