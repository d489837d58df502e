#include "embed/line_feed.hpp"

#include <algorithm>
#include <cstring>

namespace runnel::core {

bool LineFeed::take(Block& block, uint32_t most_lines) {
  const std::lock_guard lock(mutex_);
  if (ended_ || writer_.error()) return false;
  if (data_) return take_data(block);
  const uint64_t next = reader_.next_ordinal();
  if (next >= window_) writer_.wait_until_written(next - window_);
  const uint64_t admitted = writer_.first_unwritten() + window_;
  if (writer_.error() || next >= admitted) return false;  // the wait ended for another reason
  const uint64_t room = admitted - next;
  if (reader_.take(block, static_cast<uint32_t>(std::min<uint64_t>(most_lines, room))) == BlockReader::Taken::block)
    return true;
  ended_ = true;
  return false;
}

bool LineFeed::take_data(Block& block) {
  ended_ = true;
  block.number = 0;
  block.source = "--data";
  block.bytes = ByteMemory(data_->size() + 1);
  std::memcpy(block.bytes.get(), data_->data(), data_->size());
  block.lines.assign(1, Line{0, static_cast<uint32_t>(data_->size()), 0});
  return true;
}

void LineFeed::stop() {
  reader_.stop();
  writer_.stop();
}

}  // namespace runnel::core
