// When what was written to a file is made to last: --durability.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace runnel::core {

// batch: after 256 records, and 200 ms after the first that is not synced. record: after every write.
enum class SyncEvery : uint8_t { batch, record };

class FileSync {
 public:
  // The descriptor stays the caller's. Throws std::system_error when the clock's thread cannot be started.
  FileSync(int fd, SyncEvery every);
  ~FileSync();
  FileSync(const FileSync&) = delete;
  FileSync& operator=(const FileSync&) = delete;

  // [one thread at a time] So many records were written. errno of a sync that failed, also of an earlier one; 0: none.
  int wrote(uint64_t records);
  int error() const;  // [any thread]

 private:
  void watch_clock();

  const int fd_;
  const SyncEvery every_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t unsynced_ = 0;  // records
  int error_ = 0;
  bool over_ = false;
  std::thread clock_;
};

}  // namespace runnel::core
