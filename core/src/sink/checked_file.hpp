// A file whose every operation is looked at. Each gives an errno, 0 when all is well; EINTR is never one of them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace runnel::core {

int write_all(int fd, std::string_view bytes);
// fsync of a regular file; a file system that has none is no error.
int sync_file(int fd);
int sync_data(int fd);  // fdatasync, likewise
// Makes a name in the file's folder last: after it was created or renamed.
int sync_folder_of(const std::string& path);

// Owns its descriptor.
class CheckedFile {
 public:
  CheckedFile() = default;
  CheckedFile(CheckedFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  CheckedFile& operator=(CheckedFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~CheckedFile();

  // Read, write, append; with O_NOFOLLOW. EBADFD: it is there, but no regular file. `flags`: O_CREAT, O_EXCL, O_TRUNC.
  int open(const std::string& path, int flags, mode_t mode = 0644);
  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  int size(uint64_t& out) const;
  int truncate(uint64_t size);
  // Fewer bytes than asked for only at the end of the file.
  int read_at(uint64_t offset, char* to, size_t most, size_t& got) const;
  int close();

 private:
  int fd_ = -1;
};

}  // namespace runnel::core
