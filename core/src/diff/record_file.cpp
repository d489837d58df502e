#include "diff/record_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "source/block_reader.hpp"
#include "source/input_bytes.hpp"

namespace runnel::core {
namespace {

constexpr size_t kReadBytes = 256 * 1024;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// A file without a name, in $TMPDIR. -1: errno.
int temporary_file() {
  const char* const chosen = std::getenv("TMPDIR");
  const std::string folder = chosen && *chosen ? chosen : "/tmp";
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return fd;
  std::string name = folder + "/runnel-diff-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

int write_whole(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = ::write(fd, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno;
    text.remove_prefix(static_cast<size_t>(size));
  }
  return 0;
}

// Bytes read; -1: errno.
ssize_t read_at(int fd, uint64_t offset, char* to, size_t most) {
  for (;;) {
    const ssize_t size = ::pread(fd, to, most, static_cast<off_t>(offset));
    if (size >= 0 || errno != EINTR) return size;
  }
}

}  // namespace

RecordFile::~RecordFile() {
  if (fd_ >= 0) ::close(fd_);
}

int RecordFile::open(const std::string& name, std::string& problem) {
  struct stat info {};
  if (name == "-") return copy(name, problem);
  if (::stat(name.c_str(), &info) != 0) return errno;
  if (S_ISDIR(info.st_mode)) return EISDIR;
  if (!S_ISREG(info.st_mode) || compression_of_file(name) != Compression::none) return copy(name, problem);
  fd_ = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  return fd_ < 0 ? errno : 0;
}

int RecordFile::copy(const std::string& name, std::string& problem) {
  InputBytes bytes(-1);
  if (!bytes.open(name)) return bytes.error();
  fd_ = temporary_file();
  if (fd_ < 0) {
    problem = "needs a temporary file, which cannot be made";
    return errno;
  }
  std::string piece(kReadBytes, '\0');
  for (;;) {
    size_t size = 0;
    const InputBytes::Got got = bytes.read(piece.data(), piece.size(), true, size);
    if (got == InputBytes::Got::end) return 0;
    if (got != InputBytes::Got::bytes) {
      problem = bytes.problem();
      return bytes.error();
    }
    if (const int error = write_whole(fd_, std::string_view(piece).substr(0, size))) {
      problem = "its temporary file cannot be written";
      return error;
    }
  }
}

bool RecordFile::next() {
  size_t looked_at = start_;
  for (;;) {
    const size_t found = buffer_.find('\n', looked_at);
    if (found != std::string::npos) {
      line_ = std::string_view(buffer_).substr(start_, found - start_);
      ended_ = true;
      offset_ = read_to_ - (buffer_.size() - start_);
      start_ = found + 1;
      break;
    }
    buffer_.erase(0, start_);
    start_ = 0;
    const size_t kept = buffer_.size();
    looked_at = kept;
    buffer_.resize(kept + kReadBytes);
    const ssize_t size = read_at(fd_, read_to_, buffer_.data() + kept, kReadBytes);
    if (size < 0) error_ = errno;
    buffer_.resize(kept + static_cast<size_t>(size > 0 ? size : 0));
    if (size < 0) return false;
    read_to_ += static_cast<uint64_t>(size);
    if (size > 0) continue;
    if (buffer_.empty()) return false;
    line_ = buffer_;
    ended_ = false;
    offset_ = read_to_ - buffer_.size();
    start_ = buffer_.size();
    break;
  }
  if (offset_ == 0 && line_.starts_with(kByteOrderMark)) {
    line_.remove_prefix(kByteOrderMark.size());
    offset_ = kByteOrderMark.size();
  }
  return true;
}

bool RecordFile::line_at(uint64_t offset, std::string& line) const {
  constexpr size_t kFirst = 4096;
  line.clear();
  for (size_t more = kFirst;; more = kReadBytes) {
    const size_t kept = line.size();
    line.resize(kept + more);
    const ssize_t size = read_at(fd_, offset + kept, line.data() + kept, more);
    line.resize(kept + static_cast<size_t>(size > 0 ? size : 0));
    if (size < 0) return false;
    if (const size_t end = line.find('\n', kept); end != std::string::npos) {
      line.resize(end);
      return true;
    }
    if (size == 0) return !line.empty();
  }
}

}  // namespace runnel::core
