// With partition_by: blocks whose jobs belong to several workers. Whoever has nothing to do reads the next block and
// hands each worker its share, so that there is one dispatcher at a time and no thread for it alone.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "embed/block_sizer.hpp"
#include "embed/line_feed.hpp"
#include "value/writer.hpp"

namespace runnel::core {

// A block and the output of its jobs until all of them have run.
struct SharedBlock {
  struct Share {  // one worker's
    std::vector<uint32_t> lines;
    OutBuffer out{1024};
    OutBuffer failures{1024};
    int64_t took_us = 0;
  };
  struct Output {  // one job's, in its worker's buffers, behind that of the job before
    size_t bytes = 0;
    size_t failure_bytes = 0;
    bool is_waiting = false;  // the job hands in its output itself
  };

  explicit SharedBlock(size_t workers) : shares(workers) {}

  Block block;
  std::vector<Share> shares;    // by worker
  std::vector<Output> outputs;  // by line
  uint32_t owners = 0;          // workers that have a share
  std::atomic<uint32_t> under_way{0};
};

class WorkerInboxes {
 public:
  WorkerInboxes(LineFeed& feed, uint32_t workers, uint64_t lines_at_most)
      : feed_(feed), workers_(workers), inboxes_(workers), sizer_(lines_at_most) {}

  // [any thread] The next block this worker has a share of; one is read if there is none. Null: no more input, or the
  // run has been stopped.
  std::shared_ptr<SharedBlock> take(uint32_t worker);
  // [any thread] The block's output is handed in.
  void give_back(std::shared_ptr<SharedBlock>);
  void stop();  // [any thread]

 private:
  struct Inbox {
    std::deque<std::shared_ptr<SharedBlock>> blocks;
    std::condition_variable changed;
    bool is_waiting = false;
  };

  void read(std::unique_lock<std::mutex>&);
  void share_out(std::unique_lock<std::mutex>&);
  bool may_read() const;
  void wake_a_reader();
  void wake_all();

  LineFeed& feed_;
  const size_t workers_;
  std::mutex mutex_;
  std::vector<Inbox> inboxes_;
  std::vector<std::shared_ptr<SharedBlock>> spare_;
  BlockSizer sizer_;  // by the slowest share
  size_t bytes_ = 0;  // of blocks that were read and not given back
  bool reading_ = false;
  bool ended_ = false;
  bool stopped_ = false;
  Block block_;  // the reading thread's
};

}  // namespace runnel::core
