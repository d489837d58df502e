#include "embed/worker_inboxes.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace runnel::core {
namespace {

// The window bounds the jobs; this bounds what they weigh while one worker is far behind.
constexpr size_t kMostBytes = size_t{64} * 1024 * 1024;
constexpr size_t kMostSpare = 8;
constexpr size_t kMostKept = size_t{4} * 1024 * 1024;  // bytes of output a spare block keeps for each worker
constexpr size_t kFew = 16 * 1024;

size_t used_bytes(const Block& block) {
  const Line& last = block.lines.back();
  return size_t{last.offset} + last.size;
}

}  // namespace

std::shared_ptr<SharedBlock> WorkerInboxes::take(uint32_t worker) {
  std::unique_lock lock(mutex_);
  Inbox& own = inboxes_[worker];
  while (!stopped_) {
    if (!own.blocks.empty()) {
      std::shared_ptr<SharedBlock> next = std::move(own.blocks.front());
      own.blocks.pop_front();
      wake_a_reader();
      return next;
    }
    if (ended_) break;
    if (may_read()) {
      read(lock);
    } else {
      own.is_waiting = true;
      own.changed.wait(lock, [&] { return stopped_ || ended_ || !own.blocks.empty() || may_read(); });
      own.is_waiting = false;
    }
  }
  return nullptr;
}

bool WorkerInboxes::may_read() const { return !reading_ && !ended_ && bytes_ < kMostBytes; }

// A worker that works reads when it has done its own; one that waits is needed only when nobody reads.
void WorkerInboxes::wake_a_reader() {
  if (!may_read()) return;
  for (Inbox& inbox : inboxes_) {
    if (inbox.is_waiting && inbox.blocks.empty()) return inbox.changed.notify_one();
  }
}

void WorkerInboxes::wake_all() {
  for (Inbox& inbox : inboxes_) inbox.changed.notify_all();
}

void WorkerInboxes::read(std::unique_lock<std::mutex>& lock) {
  reading_ = true;
  const uint32_t most_lines = sizer_.lines();
  lock.unlock();
  bool taken = false;
  try {
    taken = feed_.take(block_, most_lines);
    lock.lock();
    if (taken) share_out(lock);
  } catch (...) {
    if (!lock.owns_lock()) lock.lock();
    ended_ = true;
    reading_ = false;
    wake_all();
    throw;
  }
  reading_ = false;
  if (taken) return;
  ended_ = true;
  wake_all();
}

void WorkerInboxes::share_out(std::unique_lock<std::mutex>& lock) {
  std::shared_ptr<SharedBlock> shared;
  if (!spare_.empty()) {
    shared = std::move(spare_.back());
    spare_.pop_back();
  }
  lock.unlock();
  if (!shared) shared = std::make_shared<SharedBlock>(workers_);
  std::swap(shared->block, block_);
  const size_t used = used_bytes(shared->block);
  if (used <= kFew) {  // the large memory is for the next block
    ByteMemory few(used);
    std::memcpy(few.get(), shared->block.bytes.get(), used);
    std::swap(shared->block.bytes, few);
    if (block_.bytes.size() < few.size()) block_.bytes = std::move(few);
  }
  shared->owners = 0;
  shared->outputs.assign(shared->block.lines.size(), {});
  for (uint32_t line = 0; line < shared->block.lines.size(); ++line) {
    std::vector<uint32_t>& lines = shared->shares[shared->block.posts[line].worker].lines;
    if (lines.empty()) ++shared->owners;
    lines.push_back(line);
  }
  shared->under_way.store(shared->owners, std::memory_order_relaxed);
  lock.lock();
  bytes_ += shared->block.bytes.size();
  for (size_t worker = 0; worker < workers_; ++worker) {
    if (shared->shares[worker].lines.empty()) continue;
    inboxes_[worker].blocks.push_back(shared);
    if (inboxes_[worker].is_waiting) inboxes_[worker].changed.notify_one();
  }
}

void WorkerInboxes::give_back(std::shared_ptr<SharedBlock> shared) {
  int64_t slowest_us = 0;
  for (SharedBlock::Share& share : shared->shares) {
    slowest_us = std::max(slowest_us, std::exchange(share.took_us, 0));
    share.lines.clear();
    for (OutBuffer* buffer : {&share.out, &share.failures}) {
      buffer->clear();
      buffer->release_above(kMostKept);
    }
  }
  const std::lock_guard lock(mutex_);
  const bool was_full = bytes_ >= kMostBytes;
  bytes_ -= shared->block.bytes.size();
  sizer_.took(static_cast<uint32_t>(shared->block.lines.size()), slowest_us);
  if (spare_.size() < kMostSpare) spare_.push_back(std::move(shared));
  if (was_full) wake_a_reader();
}

void WorkerInboxes::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  wake_all();
}

}  // namespace runnel::core
