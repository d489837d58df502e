// Admission: hands blocks of input lines to workers, no job further ahead of the first unwritten one than the window.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "sink/ordered_writer.hpp"
#include "source/block_reader.hpp"

namespace runnel::core {

class LineFeed {
 public:
  // data: a single line to be fed instead of the reader's input.
  LineFeed(BlockReader& reader, OrderedWriter& writer, uint64_t window, std::optional<std::string> data)
      : reader_(reader), writer_(writer), window_(window), data_(std::move(data)) {}

  // [any thread] False: no more input, or the run has been stopped.
  bool take(Block&, uint32_t most_lines);
  void stop();  // [any thread]

 private:
  bool take_data(Block&);

  std::mutex mutex_;
  BlockReader& reader_;
  OrderedWriter& writer_;
  const uint64_t window_;
  std::optional<std::string> data_;
  bool ended_ = false;
};

}  // namespace runnel::core
