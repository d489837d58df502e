#include "embed/line_feed.hpp"

#include <algorithm>
#include <cstring>

namespace runnel::core {
namespace {

constexpr uint32_t kSkippedAtOnce = 65536;

uint64_t last_ordinal(const FeedOptions& options) {
  if (!options.head) return UINT64_MAX;
  return *options.head > UINT64_MAX - options.skip ? UINT64_MAX : options.skip + *options.head;
}

}  // namespace

LineFeed::LineFeed(BlockReader& reader, OrderedWriter& writer, const FeedOptions& options,
                   std::unique_ptr<Dispatcher> dispatcher)
    : reader_(reader),
      writer_(writer),
      window_(options.window),
      skip_(options.skip),
      last_(last_ordinal(options)),
      dispatcher_(std::move(dispatcher)),
      data_(options.data) {
  if (options.jobs_per_second > 0) pace_.emplace(options.jobs_per_second);
}

bool LineFeed::take(Block& block, uint32_t most_lines) {
  const std::lock_guard lock(mutex_);
  if (closed_.load(std::memory_order_relaxed)) return false;
  if (data_ && !ended_) {
    take_data(block);
  } else if (!take_record(block, most_lines)) {
    return false;
  }
  if ((check_ && !check_->look_at(block)) || (announce_ && !announce_(block))) {
    ended_ = true;
    return false;
  }
  if (dispatcher_) dispatcher_->look_at(block);
  return true;
}

bool LineFeed::take_record(Block& block, uint32_t most_lines) {
  for (;;) {
    if (ended_ || writer_.error()) return false;
    const uint64_t next = reader_.next_ordinal();
    const bool is_skipped = next <= skip_;
    bool is_paced = false;
    uint64_t room = room_at(next);
    if (room == 0 || closed_.load(std::memory_order_relaxed)) return false;
    if (is_skipped) {
      room = std::min<uint64_t>(kSkippedAtOnce, skip_ - next + 1);
    } else {
      room = std::min<uint64_t>(most_lines, room);
      const uint64_t done = done_from(next, room);
      is_paced = pace_ && done == 0;
      if (done) room = done;
      if (is_paced) room = std::min(room, pace_->wait());
      if (room == 0) return false;
    }
    const BlockReader::Taken taken = reader_.take(block, static_cast<uint32_t>(room));
    if (taken != BlockReader::Taken::block) {
      ended_ = true;
      if (check_ && taken == BlockReader::Taken::end) check_->look_at_end(reader_.next_ordinal());
      if (reader_.reader_gone()) stopped_.store(true, std::memory_order_relaxed);
      return false;
    }
    if (is_skipped) continue;
    if (is_paced) pace_->admit(block.lines.size());
    return true;
  }
}

bool LineFeed::has_room_at(uint64_t ordinal) const {
  return ordinal < writer_.first_unwritten() + window_ && !writer_.is_heavy();
}

// How many jobs may be admitted from this one on, after waiting for room. None: the run is at its end.
uint64_t LineFeed::room_at(uint64_t ordinal) {
  if (ordinal > last_) {
    ended_ = true;
    return 0;
  }
  if (ordinal <= skip_) return 1;
  if (!has_room_at(ordinal)) {
    waiting_for_room_ = ordinal;
    tell_full_();
    writer_.wait_for_room(ordinal > window_ ? ordinal - window_ : 0);
    waiting_for_room_ = 0;
  }
  const uint64_t admitted = writer_.first_unwritten() + window_;
  if (writer_.error() || ordinal >= admitted) return 0;  // the wait ended for another reason
  const uint64_t left = last_ - ordinal;
  return std::min(admitted - ordinal, left == UINT64_MAX ? left : left + 1);
}

uint64_t LineFeed::done_from(uint64_t ordinal, uint64_t most) const {
  return pace_ && passes_done_ ? check_->done().run_from(ordinal, most) : 0;
}

void LineFeed::take_data(Block& block) {
  ended_ = true;
  block.source = "--data";
  block.bytes = ByteMemory(data_->size() + 1);
  std::memcpy(block.bytes.get(), data_->data(), data_->size());
  block.lines.assign(1, Line{0, static_cast<uint32_t>(data_->size()), 0});
}

bool LineFeed::is_full() const {
  const uint64_t ordinal = waiting_for_room_;
  return ordinal && !has_room_at(ordinal);
}

void LineFeed::end(std::string reason) {
  {
    const std::lock_guard lock(reason_mutex_);
    if (reason_.empty()) reason_ = std::move(reason);
  }
  closed_.store(true, std::memory_order_relaxed);
  reader_.stop();
  if (pace_) pace_->stop();
}

std::string LineFeed::reason() const {
  const std::lock_guard lock(reason_mutex_);
  return reason_;
}

void LineFeed::stop() {
  stopped_.store(true, std::memory_order_relaxed);
  reader_.stop();
  writer_.stop();
  if (pace_) pace_->stop();
}

}  // namespace runnel::core
