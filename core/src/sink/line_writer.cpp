#include "sink/line_writer.hpp"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/checked_file.hpp"

namespace runnel::core {
namespace {

bool is_pipe(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 && S_ISFIFO(info.st_mode);
}

// As many whole lines as a pipe takes all or nothing, or one line that is longer.
size_t next_piece(std::string_view lines) {
  if (lines.size() <= PIPE_BUF) return lines.size();
  const size_t last = lines.rfind('\n', PIPE_BUF - 1);
  if (last != std::string_view::npos) return last + 1;
  const size_t end = lines.find('\n', PIPE_BUF);
  return end == std::string_view::npos ? lines.size() : end + 1;
}

}  // namespace

LineWriter::LineWriter(int fd) : fd_(fd), is_pipe_(is_pipe(fd)) {}

int LineWriter::write(std::string_view lines) {
  while (!lines.empty()) {
    const size_t size = is_pipe_ ? next_piece(lines) : lines.size();
    if (const int error = write_piece(lines.substr(0, size))) return error;
    lines.remove_prefix(size);
  }
  return 0;
}

int LineWriter::write_piece(std::string_view piece) {
  std::unique_lock lock(mutex_);
  if (is_frozen_) {
    lock.unlock();
    for (;;) ::pause();  // the process is about to end
  }
  is_within_ = !is_pipe_ || piece.size() > PIPE_BUF;
  lock.unlock();
  const int error = write_all(fd_, piece);
  lock.lock();
  is_within_ = false;
  return error;
}

bool LineWriter::freeze() {
  const std::lock_guard lock(mutex_);
  is_frozen_ = true;
  return !is_within_;
}

}  // namespace runnel::core
