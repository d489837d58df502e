// Lines -> blocks: the fast way, for every format whose records are lines.
#pragma once

#include "source/block_source.hpp"

namespace runnel::core {

// The buffer holds [start_, end_) of the open source, of which [start_, scanned_) has no LF. Whole lines are copied
// into the block piece by piece; what is left before a read is the beginning of a line.
class LineReader : public BlockSource {
 public:
  using BlockSource::BlockSource;
  Taken take(Block&, uint32_t most_lines) override;

 private:
  void start() override;
  bool fill(Block&, uint32_t most_lines);
  bool fill_with_last_line(Block&);
  void take_alone(Block&, size_t from, size_t size);
  void make_room();
  void move_rest(size_t capacity);
  InputBytes::Got read_through(Block&);
  void push(Block&, size_t offset, size_t size, bool too_long);
  void drop_byte_order_mark();

  ByteMemory buffer_{kBufferBytes};
  size_t start_ = 0;
  size_t scanned_ = 0;
  size_t end_ = 0;
  size_t used_ = 0;         // bytes of the block
  uint64_t lines_ = 0;      // of the open source, so far
  bool ended_ = false;      // no more bytes will come from it
  bool first_line_ = true;  // a byte order mark may come
};

}  // namespace runnel::core
