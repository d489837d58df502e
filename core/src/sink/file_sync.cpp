#include "sink/file_sync.hpp"

#include <chrono>

#include "sink/checked_file.hpp"

namespace runnel::core {
namespace {

constexpr uint64_t kBatchRecords = 256;
constexpr std::chrono::milliseconds kBatchTime{200};

}  // namespace

FileSync::FileSync(int fd, SyncEvery every) : fd_(fd), every_(every) {
  if (every_ == SyncEvery::batch) clock_ = std::thread([this] { watch_clock(); });
}

FileSync::~FileSync() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_one();
  if (clock_.joinable()) clock_.join();
}

int FileSync::wrote(uint64_t records) {
  std::unique_lock lock(mutex_);
  if (error_ != 0 || records == 0) return error_;
  const bool was_synced = unsynced_ == 0;
  unsynced_ += records;
  if (every_ == SyncEvery::batch && unsynced_ < kBatchRecords) {
    if (was_synced) changed_.notify_one();
    return 0;
  }
  unsynced_ = 0;
  lock.unlock();
  const int error = sync_data(fd_);
  lock.lock();
  if (error_ == 0) error_ = error;
  return error_;
}

int FileSync::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

void FileSync::watch_clock() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return over_ || unsynced_ > 0; });
    if (over_) return;
    if (changed_.wait_for(lock, kBatchTime, [this] { return over_; })) return;
    if (unsynced_ == 0) continue;  // 256 records came first
    unsynced_ = 0;
    lock.unlock();
    const int error = sync_data(fd_);
    lock.lock();
    if (error_ == 0) error_ = error;
  }
}

}  // namespace runnel::core
