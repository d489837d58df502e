// What the readers of lines and of other records have in common: the inputs one after the other, blocks by number.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "source/block_reader.hpp"
#include "source/input_bytes.hpp"

namespace runnel::core {

class BlockSource {
 public:
  using Taken = BlockReader::Taken;

  BlockSource(std::vector<std::string> names, int watch_fd) : names_(std::move(names)), bytes_(watch_fd) {}
  virtual ~BlockSource() = default;
  BlockSource(const BlockSource&) = delete;
  BlockSource& operator=(const BlockSource&) = delete;

  virtual Taken take(Block&, uint32_t most_lines) = 0;

  const std::vector<std::string>& names() const { return names_; }
  uint64_t next_ordinal() const { return next_ordinal_; }
  const ReadFailure& failure() const { return failure_; }
  bool reader_gone() const { return reader_gone_; }
  void stop() { bytes_.stop(); }

 protected:
  static constexpr size_t kReadBytes = 256 * 1024;
  static constexpr size_t kBufferBytes = 2 * kReadBytes;
  // A line of kMaxLine bytes with CR, and one read more, which shows that a line is longer.
  static constexpr size_t kLargeBufferBytes = kMaxLine + 2 + kReadBytes;
  static constexpr size_t kMostReads = 64;  // for one block, so that endless blank lines do not hold it back
  static constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

  bool has_ended() const { return failure_.error != 0 || reader_gone_ || bytes_.stopped(); }
  Taken ending() const { return failure_.error != 0 ? Taken::failed : Taken::stopped; }
  // Opens the next input if none is open. A value: there is none, or it cannot be opened.
  std::optional<Taken> enter_next();
  bool open_next();          // false: failure_
  virtual void start() = 0;  // an input was opened
  static void begin(Block&);
  Taken hand_over(Block&);
  Taken give_up(InputBytes::Got);

  const std::vector<std::string> names_;
  InputBytes bytes_;
  size_t next_name_ = 0;
  uint64_t next_ordinal_ = 1;
  ReadFailure failure_;
  bool reader_gone_ = false;
};

}  // namespace runnel::core
