#include "sink/ordered_writer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace runnel::core {
namespace {

constexpr size_t kMostSpare = 64;
constexpr size_t kMostKept = size_t{4} * 1024 * 1024;  // bytes; a block is about 1 ms of work: 1 MB of records
constexpr size_t kFirstRing = 16;

// All of it, or the errno of the failure.
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

int sync_file(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return errno;
  if (!S_ISREG(info.st_mode)) return 0;
  while (::fsync(fd) != 0) {
    if (errno == EINVAL || errno == EROFS) return 0;  // a file system without fsync
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

void OrderedWriter::submit(uint64_t number, uint64_t last, uint64_t jobs, OutBuffer& bytes) {
  std::unique_lock lock(mutex_);
  if (error_ != 0) {
    bytes.clear();
    return;
  }
  const uint64_t turn = in_order_ ? number : arrived_++;
  Ready& place = place_of(turn);
  place.last = last;
  place.jobs = jobs;
  if (spare_.empty()) {
    place.bytes.emplace();
  } else {
    place.bytes.emplace(std::move(spare_.back()));
    spare_.pop_back();
  }
  std::swap(*place.bytes, bytes);
  if (turn == next_ && !writing_) write_ready(lock);
}

OrderedWriter::Ready& OrderedWriter::place_of(uint64_t number) {
  while (number - next_ >= ring_.size()) {
    std::vector<Ready> larger(ring_.empty() ? kFirstRing : 2 * ring_.size());
    for (uint64_t n = next_; n < next_ + ring_.size(); ++n) {
      larger[n % larger.size()] = std::move(ring_[n % ring_.size()]);
    }
    ring_ = std::move(larger);
  }
  return ring_[number % ring_.size()];
}

// One thread at a time is in here, as long as blocks are ready; the lock is off while it writes.
void OrderedWriter::write_ready(std::unique_lock<std::mutex>& lock) {
  writing_ = true;
  while (error_ == 0) {
    Ready& place = place_of(next_);
    if (!place.bytes) break;
    OutBuffer bytes = std::move(*place.bytes);
    place.bytes.reset();
    const uint64_t reached = in_order_ ? place.last + 1 : first_unwritten_ + place.jobs;
    lock.unlock();
    const int error = write_all(fd_, bytes.view());
    bytes.clear();
    bytes.release_above(kMostKept);
    lock.lock();
    if (spare_.size() < kMostSpare) spare_.push_back(std::move(bytes));
    ++next_;
    if (error == 0) {
      first_unwritten_ = reached;
    } else {
      error_ = error;
      ring_.clear();
    }
    changed_.notify_all();
  }
  writing_ = false;
  changed_.notify_all();
}

uint64_t OrderedWriter::first_unwritten() const {
  const std::lock_guard lock(mutex_);
  return first_unwritten_;
}

void OrderedWriter::wait_until_written(uint64_t ordinal) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return first_unwritten_ > ordinal || error_ != 0 || stopped_; });
}

int OrderedWriter::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

void OrderedWriter::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

bool OrderedWriter::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !writing_; });
  if (error_ == 0) error_ = sync_file(fd_);
  return error_ == 0;
}

}  // namespace runnel::core
