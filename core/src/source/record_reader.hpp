// Records that are not lines -> blocks: values of JSON text, rows of tables with their header.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "source/block_source.hpp"
#include "source/record_scanner.hpp"
#include "source/table_decoder.hpp"
#include "value/hash.hpp"

namespace runnel::core {

// The buffer holds [start_, end_) of the open source, beginning with what the scanner has not taken.
class RecordReader : public BlockSource {
 public:
  RecordReader(std::vector<std::string> names, int watch_fd, InputFormat);
  Taken take(Block&, uint32_t most_lines) override;

  // What is wrong with the header of the first source, with its place; "": nothing. Instead of take().
  std::string header_mistake();

 private:
  // A record over the limit, while it is read through.
  struct LongRecord {
    ContentHash hash;
    std::string beginning;
    void add(std::string_view bytes);
  };

  void start() override;
  bool fill(Block&, uint32_t most_lines);
  bool put(Block&, const Scanned&);
  void put_long(Block&, const Scanned&);
  void push(Block&, const Scanned&, size_t offset, size_t size, bool too_long);
  void take_header(Block&, const Scanned&);
  void refuse_header(Block&, ReadError, size_t offset, std::string message);
  void shorten();
  InputBytes::Got read_more(bool wait);
  std::string_view text() const { return {buffer_.get() + start_, end_ - start_}; }
  Taken hand_over_rows(Block&);

  const InputFormat format_;
  const std::unique_ptr<RecordScanner> scanner_;
  std::deque<std::unique_ptr<TableDecoder>> tables_;  // of all sources: jobs may still use them
  ByteMemory buffer_{kBufferBytes};
  size_t start_ = 0;
  size_t end_ = 0;
  size_t used_ = 0;            // bytes of the block
  bool ended_ = false;         // no more bytes will come from the source
  bool broken_ = false;        // no more records will
  bool at_start_ = true;       // a byte order mark may come
  bool wants_header_ = false;  // the next record is it
  ReadProblem header_problem_;
  std::optional<Scanned> held_;  // found, but for the next block
  std::optional<LongRecord> long_;
};

}  // namespace runnel::core
