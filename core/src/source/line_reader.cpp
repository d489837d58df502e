#include "source/line_reader.hpp"

#include <algorithm>
#include <cstring>

#include "source/long_line.hpp"

namespace runnel::core {
namespace {

constexpr size_t kNone = SIZE_MAX;

}  // namespace

BlockReader::Taken LineReader::take(Block& block, uint32_t most_lines) {
  begin(block);
  used_ = 0;
  if (has_ended()) return ending();

  for (size_t reads = 0;; ++reads) {
    if (const auto over = enter_next()) return *over;
    if (fill(block, most_lines)) return hand_over(block);
    if (ended_) {
      const size_t before = block.lines.size();
      const bool full = fill_with_last_line(block);
      if (!full) {
        bytes_.close();
        block.is_cut = block.lines.size() > before;
      }
      if (!block.lines.empty()) return hand_over(block);
      continue;
    }
    if (!block.lines.empty() && (reads >= kMostReads || end_ - start_ == buffer_.size())) return hand_over(block);
    make_room();
    InputBytes::Got got = InputBytes::Got::bytes;
    if (end_ - start_ > kMaxLine + 1) {
      got = read_through(block);
      if (!block.lines.empty()) return hand_over(block);
    } else {
      size_t count = 0;
      const size_t room = std::min(kReadBytes, buffer_.size() - end_);
      got = bytes_.read(buffer_.get() + end_, room, block.lines.empty(), count);
      end_ += count;
    }
    if (got == InputBytes::Got::bytes) continue;
    if (got == InputBytes::Got::end) {
      ended_ = true;
      continue;
    }
    const Taken taken = give_up(got);
    return block.lines.empty() ? taken : hand_over(block);
  }
}

void LineReader::start() {
  start_ = scanned_ = end_ = 0;
  lines_ = 0;
  ended_ = false;
  first_line_ = true;
}

// Moves whole lines into the block. True: it is full.
bool LineReader::fill(Block& block, uint32_t most_lines) {
  const char* const buffer = buffer_.get();
  size_t piece = kNone;  // the lines from here to piece_end go to the block
  size_t piece_end = 0;
  bool full = false;
  while (!(full = block.lines.size() == most_lines)) {
    const auto* found = static_cast<const char*>(std::memchr(buffer + scanned_, '\n', end_ - scanned_));
    if (!found) {
      scanned_ = end_;
      break;
    }
    if (first_line_) drop_byte_order_mark();
    const size_t from = start_;
    const auto to = static_cast<size_t>(found - buffer);
    const size_t size = to - from - (to > from && buffer[to - 1] == '\r' ? 1 : 0);
    if (size == 0 || (buffer[from] <= ' ' && is_blank({buffer + from, size}))) {
      ++lines_;
      start_ = scanned_ = to + 1;
      continue;
    }
    if (used_ + (from + size - std::min(from, piece)) > kBlockBytes) {
      scanned_ = to;
      full = true;
      if (block.lines.empty()) {
        start_ = scanned_ = to + 1;
        take_alone(block, from, size);
      }
      break;
    }
    if (piece == kNone) piece = from;
    push(block, used_ + from - piece, size, false);
    piece_end = from + size;
    start_ = scanned_ = to + 1;
  }
  if (piece != kNone) {
    std::memcpy(block.bytes.get() + used_, buffer + piece, piece_end - piece);
    used_ += piece_end - piece;
  }
  return full;
}

// The source has ended: what is left is a line without LF. True: the block has no room for it.
bool LineReader::fill_with_last_line(Block& block) {
  if (first_line_) drop_byte_order_mark();
  const size_t from = start_;
  const size_t size = end_ - start_;
  if (is_blank({buffer_.get() + from, size})) return false;
  if (used_ + size > kBlockBytes) {
    if (!block.lines.empty()) return true;
    start_ = scanned_ = end_;
    take_alone(block, from, size);
    return false;
  }
  push(block, used_, size, false);
  std::memcpy(block.bytes.get() + used_, buffer_.get() + from, size);
  used_ += size;
  start_ = scanned_ = end_;
  return false;
}

// A line too large to share a block; start_ is behind it already.
void LineReader::take_alone(Block& block, size_t from, size_t size) {
  const std::string_view line{buffer_.get() + from, size};
  if (size > kMaxLine) {
    block.long_line_hash = content_hash(line);
    std::memcpy(block.bytes.get(), line.data(), kKeptOfLongLine);
    push(block, 0, kKeptOfLongLine, true);
  } else if (buffer_.size() > kBufferBytes) {
    push(block, from, size, false);
    ByteMemory large = std::move(buffer_);
    buffer_ = ByteMemory(kBufferBytes);
    std::memcpy(buffer_.get(), large.get() + start_, end_ - start_);
    end_ -= start_;
    start_ = scanned_ = 0;
    block.bytes = std::move(large);
  } else {
    if (block.bytes.size() < size) block.bytes = ByteMemory(2 * kBlockBytes);
    std::memcpy(block.bytes.get(), line.data(), size);
    push(block, 0, size, false);
  }
}

// Room for a read behind the beginning of a line that is left; the large buffer only as long as it is needed.
void LineReader::make_room() {
  if (first_line_ && end_ - start_ >= kByteOrderMark.size()) drop_byte_order_mark();
  const size_t rest = end_ - start_;
  if (rest == buffer_.size()) {
    move_rest(kLargeBufferBytes);
  } else if (buffer_.size() > kBufferBytes && rest <= kBufferBytes - kReadBytes) {
    move_rest(kBufferBytes);
  } else if (start_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + start_, rest);
    scanned_ -= start_;
    end_ = rest;
    start_ = 0;
  }
}

void LineReader::move_rest(size_t capacity) {
  ByteMemory other(capacity);
  std::memcpy(other.get(), buffer_.get() + start_, end_ - start_);
  buffer_ = std::move(other);
  scanned_ -= start_;
  end_ -= start_;
  start_ = 0;
}

// The line that begins in the buffer is over the limit: keeps its beginning and reads on to its end.
InputBytes::Got LineReader::read_through(Block& block) {
  LongLine line;
  line.add({buffer_.get() + start_, end_ - start_});
  std::memcpy(block.bytes.get(), buffer_.get() + start_, kKeptOfLongLine);
  buffer_ = ByteMemory(kBufferBytes);
  start_ = scanned_ = end_ = 0;
  bool found = false;
  while (!found && !ended_) {
    size_t count = 0;
    const InputBytes::Got got = bytes_.read(buffer_.get(), kReadBytes, true, count);
    ended_ = got == InputBytes::Got::end;
    if (!ended_ && got != InputBytes::Got::bytes) return got;
    const std::string_view piece{buffer_.get(), count};
    const size_t size = std::min(piece.find('\n'), count);
    line.add(piece.substr(0, size));
    found = size < count;
    if (!found) continue;
    start_ = scanned_ = size + 1;
    end_ = count;
  }
  if (line.blank()) {
    ++lines_;
  } else {
    block.long_line_hash = line.finish(found);
    push(block, 0, kKeptOfLongLine, true);
  }
  return InputBytes::Got::bytes;
}

void LineReader::push(Block& block, size_t offset, size_t size, bool too_long) {
  ++lines_;
  if (block.lines.empty()) block.first_line = lines_;
  block.lines.push_back({static_cast<uint32_t>(offset), static_cast<uint32_t>(size),
                         static_cast<uint32_t>(lines_ - block.first_line), 1, too_long});
}

void LineReader::drop_byte_order_mark() {
  first_line_ = false;
  const std::string_view rest{buffer_.get() + start_, end_ - start_};
  if (rest.starts_with(kByteOrderMark)) start_ += kByteOrderMark.size();
  scanned_ = std::max(scanned_, start_);
}

}  // namespace runnel::core
