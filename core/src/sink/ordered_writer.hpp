// The one way out: workers hand in the output of their blocks, it is written in the order of the blocks.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "value/writer.hpp"

namespace runnel::core {

class OrderedWriter {
 public:
  // in_order false: written as it comes (--order completion). The descriptor stays the caller's.
  OrderedWriter(int fd, bool in_order) : fd_(fd), in_order_(in_order) {}

  // [any thread] Takes the bytes (the buffer comes back empty) of block `number`, whose last job has ordinal `last` and
  // in which `jobs` jobs are done. Whoever brings the next block in turn writes it and all that became ready behind it;
  // nobody waits for its turn. After a failed write all is dropped.
  void submit(uint64_t number, uint64_t last, uint64_t jobs, OutBuffer& bytes);

  // The first ordinal that is not written yet. In completion order: 1 + how many are.
  uint64_t first_unwritten() const;
  // Waits until first_unwritten() > ordinal, or a write failed, or stop().
  void wait_until_written(uint64_t ordinal);

  int error() const;  // errno of the first failed write; EPIPE: the reader went away; 0: none
  void stop();        // [any thread] wakes the waiting
  // After the last submit: fsync of a regular file. False: error() says why.
  bool finish();

 private:
  struct Ready {
    std::optional<OutBuffer> bytes;  // empty: not handed in yet
    uint64_t last = 0;
    uint64_t jobs = 0;
  };
  Ready& place_of(uint64_t number);
  void write_ready(std::unique_lock<std::mutex>&);

  const int fd_;
  const bool in_order_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Ready> ring_;       // place of a block: number % size; size is 0 or a power of two
  std::vector<OutBuffer> spare_;  // empty ones, with their memory
  uint64_t arrived_ = 0;
  uint64_t next_ = 0;  // block to be written; in completion order the next_th that arrived
  uint64_t first_unwritten_ = 1;
  int error_ = 0;
  bool writing_ = false;
  bool stopped_ = false;
};

}  // namespace runnel::core
