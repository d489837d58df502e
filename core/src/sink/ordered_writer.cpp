#include "sink/ordered_writer.hpp"

#include <poll.h>

#include <cerrno>
#include <utility>

#include "sink/checked_file.hpp"

namespace runnel::core {
namespace {

constexpr size_t kMostSpare = 64;
constexpr size_t kMostKept = size_t{4} * 1024 * 1024;   // bytes; a block is about 1 ms of work: 1 MB of records
constexpr size_t kMostHeld = size_t{64} * 1024 * 1024;  // the window bounds the records, this what large ones weigh
constexpr size_t kFew = 16 * 1024;
constexpr size_t kJoined = 128 * 1024;  // bytes that are written at once if they are ready

}  // namespace

void OrderedWriter::submit(uint64_t first, uint64_t last, OutBuffer& bytes) {
  std::unique_lock lock(mutex_);
  if (error_ != 0) {
    bytes.clear();
    return;
  }
  const uint64_t turn = in_order_ ? first : arrived_;
  arrived_ += last - first + 1;
  keep(turn, turn + (last - first + 1), bytes);
  if (turn == next_ && !writing_) write_ready(lock);
}

void OrderedWriter::keep(uint64_t turn, uint64_t end, OutBuffer& bytes) {
  Ready& ready = waiting_[turn];
  ready.end = end;
  held_ += bytes.size();
  if (bytes.size() <= kFew) {
    ready.few = bytes.view();
    bytes.clear();
    return;
  }
  if (spare_.empty()) {
    ready.many = std::make_unique<OutBuffer>();
  } else {
    ready.many = std::move(spare_.back());
    spare_.pop_back();
  }
  std::swap(*ready.many, bytes);
}

// Moves what is next in turn to `bytes`; false: it is not there yet.
bool OrderedWriter::take_ready(OutBuffer& bytes, uint64_t& end) {
  end = next_;
  while (!waiting_.empty() && waiting_.begin()->first == end) {
    Ready& ready = waiting_.begin()->second;
    if (bytes.size() && bytes.size() + ready.view().size() > kJoined) break;
    end = ready.end;
    held_ -= ready.view().size();
    if (ready.many && bytes.size() == 0) {
      std::swap(bytes, *ready.many);
    } else {
      bytes.append(ready.view());
    }
    if (ready.many && spare_.size() < kMostSpare) {
      ready.many->clear();
      ready.many->release_above(kMostKept);
      spare_.push_back(std::move(ready.many));
    }
    waiting_.erase(waiting_.begin());
  }
  return end != next_;
}

// One thread at a time is in here, as long as pieces are ready; the lock is off while it writes.
void OrderedWriter::write_ready(std::unique_lock<std::mutex>& lock) {
  writing_ = true;
  uint64_t reached = 0;
  uint64_t before = next_;
  while (error_ == 0 && take_ready(joined_, reached)) {
    lock.unlock();
    int error = write_all(fd_, joined_.view());
    if (sync_ && error == 0) error = sync_->wrote(reached - before);
    joined_.clear();
    joined_.release_above(kMostKept);
    lock.lock();
    if (error == 0) {
      next_ = before = reached;
    } else {
      error_ = error;
      waiting_.clear();
      held_ = 0;
    }
    changed_.notify_all();
  }
  writing_ = false;
  changed_.notify_all();
}

uint64_t OrderedWriter::first_unwritten() const {
  const std::lock_guard lock(mutex_);
  return next_;
}

bool OrderedWriter::is_heavy() const {
  const std::lock_guard lock(mutex_);
  return held_ > kMostHeld;
}

void OrderedWriter::wait_for_room(uint64_t ordinal) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return (next_ > ordinal && held_ <= kMostHeld) || error_ != 0 || stopped_; });
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

bool OrderedWriter::look_for_reader() {
  pollfd output{fd_, 0, 0};
  if (::poll(&output, 1, 0) <= 0 || !(output.revents & POLLERR)) return true;
  const std::lock_guard lock(mutex_);
  if (error_ == 0) error_ = EPIPE;
  return false;
}

bool OrderedWriter::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !writing_; });
  if (error_ == 0 && sync_) error_ = sync_->error();
  if (error_ == 0) error_ = sync_file(fd_);
  return error_ == 0;
}

}  // namespace runnel::core
