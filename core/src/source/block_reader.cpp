#include "source/block_reader.hpp"

#include <algorithm>
#include <cstring>

#include "source/byte_source.hpp"
#include "source/long_line.hpp"

namespace runnel::core {
namespace {

constexpr size_t kReadBytes = 256 * 1024;
constexpr size_t kBufferBytes = 2 * kReadBytes;
// A line of kMaxLine bytes with CR, and one read more, which shows that a line is longer.
constexpr size_t kLargeBufferBytes = kMaxLine + 2 + kReadBytes;
constexpr size_t kMostReads = 64;  // for one block, so that endless blank lines do not hold it back
constexpr size_t kNone = SIZE_MAX;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

// The buffer holds [start_, end_) of the open source, of which [start_, scanned_) has no LF. Whole lines are copied
// into the block piece by piece; what is left before a read is the beginning of a line.
struct BlockReader::Impl {
  Impl(std::vector<std::string> names, int watch_fd) : names_(std::move(names)), bytes_(watch_fd) {}

  Taken take(Block&, uint32_t most_lines);
  bool fill(Block&, uint32_t most_lines);
  bool fill_with_last_line(Block&);
  bool open_next();
  void take_alone(Block&, size_t from, size_t size);
  void make_room();
  void move_rest(size_t capacity);
  ByteSource::Got read_through(Block&);
  void push(Block&, size_t offset, size_t size, bool too_long);
  void drop_byte_order_mark();
  Taken hand_over(Block&);
  Taken give_up(ByteSource::Got);

  const std::vector<std::string> names_;
  ByteSource bytes_;
  size_t next_name_ = 0;
  uint64_t next_block_ = 0;
  uint64_t next_ordinal_ = 1;
  ReadFailure failure_;
  bool reader_gone_ = false;

  ByteMemory buffer_{kBufferBytes};
  size_t start_ = 0;
  size_t scanned_ = 0;
  size_t end_ = 0;
  size_t used_ = 0;         // bytes of the block
  uint64_t lines_ = 0;      // of the open source, so far
  bool ended_ = false;      // no more bytes will come from it
  bool first_line_ = true;  // a byte order mark may come
};

BlockReader::BlockReader(std::vector<std::string> names, int watch_fd)
    : impl_(std::make_unique<Impl>(std::move(names), watch_fd)) {}
BlockReader::~BlockReader() = default;

ReadFailure BlockReader::check() {
  for (const std::string& name : impl_->names_) {
    if (const int error = check_readable(name)) return {name, error};
  }
  return {};
}

BlockReader::Taken BlockReader::take(Block& block, uint32_t most_lines) {
  return impl_->take(block, std::max(most_lines, 1u));
}
uint64_t BlockReader::next_ordinal() const { return impl_->next_ordinal_; }
const ReadFailure& BlockReader::failure() const { return impl_->failure_; }
bool BlockReader::reader_gone() const { return impl_->reader_gone_; }
void BlockReader::stop() { impl_->bytes_.stop(); }

BlockReader::Taken BlockReader::Impl::take(Block& block, uint32_t most_lines) {
  block.lines.clear();
  used_ = 0;
  if (block.bytes.size() < kBlockBytes || block.bytes.size() > 2 * kBlockBytes) block.bytes = ByteMemory(kBlockBytes);
  if (failure_.error != 0) return Taken::failed;
  if (reader_gone_ || bytes_.stopped()) return Taken::stopped;

  for (size_t reads = 0;; ++reads) {
    if (!bytes_.is_open()) {
      if (next_name_ == names_.size()) return Taken::end;
      if (!open_next()) return Taken::failed;
    }
    if (fill(block, most_lines)) return hand_over(block);
    if (ended_) {
      const bool full = fill_with_last_line(block);
      if (!full) bytes_.close();
      if (!block.lines.empty()) return hand_over(block);
      continue;
    }
    if (!block.lines.empty() && (reads >= kMostReads || end_ - start_ == buffer_.size())) return hand_over(block);
    make_room();
    ByteSource::Got got = ByteSource::Got::bytes;
    if (end_ - start_ > kMaxLine + 1) {
      got = read_through(block);
      if (!block.lines.empty()) return hand_over(block);
    } else {
      size_t count = 0;
      const size_t room = std::min(kReadBytes, buffer_.size() - end_);
      got = bytes_.read(buffer_.get() + end_, room, block.lines.empty(), count);
      end_ += count;
    }
    if (got == ByteSource::Got::bytes) continue;
    if (got == ByteSource::Got::end) {
      ended_ = true;
      continue;
    }
    const Taken taken = give_up(got);
    return block.lines.empty() ? taken : hand_over(block);
  }
}

bool BlockReader::Impl::open_next() {
  const std::string& name = names_[next_name_++];
  if (!bytes_.open(name)) {
    failure_ = {name, bytes_.error()};
    return false;
  }
  start_ = scanned_ = end_ = 0;
  lines_ = 0;
  ended_ = false;
  first_line_ = true;
  return true;
}

// Moves whole lines into the block. True: it is full.
bool BlockReader::Impl::fill(Block& block, uint32_t most_lines) {
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
bool BlockReader::Impl::fill_with_last_line(Block& block) {
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
void BlockReader::Impl::take_alone(Block& block, size_t from, size_t size) {
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
void BlockReader::Impl::make_room() {
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

void BlockReader::Impl::move_rest(size_t capacity) {
  ByteMemory other(capacity);
  std::memcpy(other.get(), buffer_.get() + start_, end_ - start_);
  buffer_ = std::move(other);
  scanned_ -= start_;
  end_ -= start_;
  start_ = 0;
}

// The line that begins in the buffer is over the limit: keeps its beginning and reads on to its end.
ByteSource::Got BlockReader::Impl::read_through(Block& block) {
  LongLine line;
  line.add({buffer_.get() + start_, end_ - start_});
  std::memcpy(block.bytes.get(), buffer_.get() + start_, kKeptOfLongLine);
  buffer_ = ByteMemory(kBufferBytes);
  start_ = scanned_ = end_ = 0;
  bool found = false;
  while (!found && !ended_) {
    size_t count = 0;
    const ByteSource::Got got = bytes_.read(buffer_.get(), kReadBytes, true, count);
    ended_ = got == ByteSource::Got::end;
    if (!ended_ && got != ByteSource::Got::bytes) return got;
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
  return ByteSource::Got::bytes;
}

void BlockReader::Impl::push(Block& block, size_t offset, size_t size, bool too_long) {
  ++lines_;
  if (block.lines.empty()) block.first_line = lines_;
  block.lines.push_back({static_cast<uint32_t>(offset), static_cast<uint32_t>(size),
                         static_cast<uint32_t>(lines_ - block.first_line), too_long});
}

void BlockReader::Impl::drop_byte_order_mark() {
  first_line_ = false;
  const std::string_view rest{buffer_.get() + start_, end_ - start_};
  if (rest.starts_with(kByteOrderMark)) start_ += kByteOrderMark.size();
  scanned_ = std::max(scanned_, start_);
}

BlockReader::Taken BlockReader::Impl::hand_over(Block& block) {
  block.number = next_block_++;
  block.source = names_[next_name_ - 1];
  block.first_ordinal = next_ordinal_;
  next_ordinal_ += block.lines.size();
  return Taken::block;
}

BlockReader::Taken BlockReader::Impl::give_up(ByteSource::Got got) {
  if (got == ByteSource::Got::failed) {
    failure_ = {names_[next_name_ - 1], bytes_.error()};
    return Taken::failed;
  }
  reader_gone_ = got == ByteSource::Got::reader_gone;
  return Taken::stopped;
}

}  // namespace runnel::core
