// Admission: hands blocks of input lines to workers, no job further ahead of the first unwritten one than the window.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "embed/dispatcher.hpp"
#include "embed/input_check.hpp"
#include "embed/pace.hpp"
#include "sink/ordered_writer.hpp"
#include "source/block_reader.hpp"

namespace runnel::core {

struct FeedOptions {
  uint64_t window = 4096;
  uint64_t skip = 0;                // records at the beginning that are no jobs
  std::optional<uint64_t> head;     // at most so many jobs
  double jobs_per_second = 0;       // 0: as fast as they can be run
  std::optional<std::string> data;  // a single line to be fed instead of the reader's input
};

class LineFeed {
 public:
  // dispatcher: may be null.
  LineFeed(BlockReader& reader, OrderedWriter& writer, const FeedOptions&, std::unique_ptr<Dispatcher> dispatcher);

  // Before the first take(): compares what is read with what is done, see InputCheck.
  void check_by(InputCheck* check, bool passes_done) {
    check_ = check;
    passes_done_ = passes_done;
  }

  // Before the first take(): tells of each block whose jobs are about to run. False: that cannot be kept, and none
  // does.
  void announce_by(std::function<bool(const Block&)> announce) { announce_ = std::move(announce); }

  // [any thread] False: no more input, or the run has been stopped.
  bool take(Block&, uint32_t most_lines);
  // [any thread] No job can be admitted before one of those under way is done. on_full: called before the wait for it.
  bool is_full() const;
  void on_full(std::function<void()> tell) { tell_full_ = std::move(tell); }
  void stop();  // [any thread]
  // [any thread] Nothing more is taken, but what was taken goes on. The first reason stays.
  void end(std::string reason);
  std::string reason() const;  // of end(); "": it was not called
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

 private:
  bool take_record(Block&, uint32_t most_lines);
  bool has_room_at(uint64_t ordinal) const;
  uint64_t room_at(uint64_t ordinal);
  uint64_t done_from(uint64_t ordinal, uint64_t most) const;
  void take_data(Block&);

  std::mutex mutex_;
  BlockReader& reader_;
  OrderedWriter& writer_;
  const uint64_t window_;
  const uint64_t skip_;  // ordinals up to here are no jobs
  const uint64_t last_;  // nor are those behind this one
  std::optional<Pace> pace_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::optional<std::string> data_;
  InputCheck* check_ = nullptr;
  bool passes_done_ = false;  // jobs that are done do not run: no pace for them
  std::function<bool(const Block&)> announce_;
  bool ended_ = false;
  std::atomic<bool> closed_{false};
  mutable std::mutex reason_mutex_;
  std::string reason_;
  std::atomic<bool> stopped_{false};
  std::atomic<uint64_t> waiting_for_room_{0};  // ordinal; 0: nobody is waiting
  std::function<void()> tell_full_ = [] {};
};

}  // namespace runnel::core
