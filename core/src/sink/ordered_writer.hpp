// The one way out: workers hand in the output of jobs, it is written in the order of their ordinals.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sink/file_sync.hpp"
#include "value/writer.hpp"

namespace runnel::core {

class OrderedWriter {
 public:
  // in_order false: written as it comes (--order completion). `first`: the run's first ordinal. The descriptor stays
  // the caller's.
  OrderedWriter(int fd, bool in_order, uint64_t first = 1)
      : fd_(fd), in_order_(in_order), arrived_(first), next_(first) {}

  // Before the first submit: what is written is made to last as it says. Lives longer than this object.
  void sync_with(FileSync* sync) { sync_ = sync; }

  // [any thread] Takes the bytes (the buffer comes back empty) of the jobs from ordinal `first` to `last`, all of them
  // done; each ordinal is handed in once. Whoever brings the next jobs in turn writes them and all that became ready
  // behind them; nobody waits for its turn. After a failed write all is dropped.
  void submit(uint64_t first, uint64_t last, OutBuffer& bytes);

  // The first ordinal that is not written yet. In completion order: 1 + how many are.
  uint64_t first_unwritten() const;
  // So much output waits for its turn, or for a slow reader, that no more jobs should be admitted.
  bool is_heavy() const;
  // Waits until first_unwritten() > ordinal and it is not heavy, or a write failed, or stop().
  void wait_for_room(uint64_t ordinal);

  int error() const;       // errno of the first failed write; EPIPE: the reader went away; 0: none
  void stop();             // [any thread] wakes the waiting
  bool look_for_reader();  // [any thread] false: it went away, which is EPIPE from now on; for when nothing is written
  // After the last submit: fsync of a regular file. False: error() says why.
  bool finish();

 private:
  // Bytes that wait for their turn. Few ones stand in a text of their size: of jobs that were suspended there may be
  // 100,000 pieces.
  struct Ready {
    uint64_t end = 0;  // the ordinal behind the last
    std::string few;
    std::unique_ptr<OutBuffer> many;

    std::string_view view() const { return many ? many->view() : few; }
  };
  void keep(uint64_t turn, uint64_t end, OutBuffer& bytes);
  void write_ready(std::unique_lock<std::mutex>&);
  bool take_ready(OutBuffer& bytes, uint64_t& end);

  const int fd_;
  const bool in_order_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, Ready> waiting_;              // by first ordinal
  std::vector<std::unique_ptr<OutBuffer>> spare_;  // empty ones, with their memory
  OutBuffer joined_;                               // what the writing thread writes at once
  uint64_t arrived_;                               // in completion order: the number of the next job that comes
  uint64_t next_;                                  // to be written
  size_t held_ = 0;                                // bytes in waiting_
  FileSync* sync_ = nullptr;
  int error_ = 0;
  bool writing_ = false;
  bool stopped_ = false;
};

}  // namespace runnel::core
