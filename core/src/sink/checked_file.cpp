#include "sink/checked_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace runnel::core {
namespace {

template <class Sync>
int sync_with(Sync sync, int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return errno;
  if (!S_ISREG(info.st_mode)) return 0;
  while (sync(fd) != 0) {
    if (errno == EINVAL || errno == EROFS) return 0;  // a file system without it
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<size_t>(written));
    } else if (written == 0) {
      return EIO;  // never for a file that works; going on would not end
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd ready{fd, POLLOUT, 0};
      if (::poll(&ready, 1, -1) < 0 && errno != EINTR) return errno;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

int sync_file(int fd) { return sync_with(::fsync, fd); }
int sync_data(int fd) { return sync_with(::fdatasync, fd); }

int sync_folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  int fd;
  do {
    fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return errno == EACCES ? 0 : errno;  // may be written to but not read: then it cannot be synced
  int error = 0;
  while (::fsync(fd) != 0) {
    if (errno == EINTR) continue;
    if (errno != EINVAL && errno != EROFS) error = errno;
    break;
  }
  ::close(fd);
  return error;
}

CheckedFile::~CheckedFile() {
  if (fd_ >= 0) ::close(fd_);
}

int CheckedFile::open(const std::string& path, int flags, mode_t mode) {
  int fd;
  do {  // without O_NONBLOCK a FIFO would keep us waiting
    fd = ::open(path.c_str(), flags | O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, mode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return errno;
  struct stat info {};
  const int error = ::fstat(fd, &info) != 0 ? errno : S_ISREG(info.st_mode) ? 0 : EBADFD;
  if (error) {
    ::close(fd);
    return error;
  }
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
  return 0;
}

int CheckedFile::size(uint64_t& out) const {
  struct stat info {};
  if (::fstat(fd_, &info) != 0) return errno;
  out = static_cast<uint64_t>(info.st_size);
  return 0;
}

int CheckedFile::truncate(uint64_t size) {
  while (::ftruncate(fd_, static_cast<off_t>(size)) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

int CheckedFile::read_at(uint64_t offset, char* to, size_t most, size_t& got) const {
  for (got = 0; got < most;) {
    const ssize_t count = ::pread(fd_, to + got, most - got, static_cast<off_t>(offset + got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) break;
    got += static_cast<size_t>(count);
  }
  return 0;
}

// Linux has closed the descriptor even where close() says EINTR.
int CheckedFile::close() {
  if (fd_ < 0) return 0;
  return ::close(std::exchange(fd_, -1)) == 0 || errno == EINTR ? 0 : errno;
}

}  // namespace runnel::core
