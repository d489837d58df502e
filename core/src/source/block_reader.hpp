// Bytes of files and stdin -> numbered blocks of whole lines. One block is one worker's next piece of work.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "source/byte_memory.hpp"

namespace runnel::core {

constexpr size_t kMaxLine = size_t{16} * 1024 * 1024;
constexpr size_t kBlockBytes = 256 * 1024;
constexpr size_t kKeptOfLongLine =
    68 * 1024;  // what a record shows of it, 64 KiB, and what a secret at the cut may need

struct Line {
  uint32_t offset;        // in Block::bytes
  uint32_t size;          // without LF or CRLF; at most kMaxLine
  uint32_t line;          // number within the source, less Block::first_line
  bool too_long = false;  // only the line's first bytes are there; Block::long_line_hash is that of all of it
};

// Lines of one source that are not blank, in order. Ordinals of the run: first_ordinal, first_ordinal + 1, ...
struct Block {
  uint64_t number = 0;  // 0, 1, 2, ... without gaps
  uint64_t first_ordinal = 1;
  uint64_t first_line = 1;
  std::string_view source;  // name; "-" is stdin; lives as long as the reader
  std::vector<Line> lines;  // never empty after take() gave a block
  ByteMemory bytes;
  uint64_t long_line_hash = 0;  // a line over the limit stands alone in its block

  std::string_view text(const Line& line) const { return {bytes.get() + line.offset, line.size}; }
};

struct ReadFailure {
  std::string source;
  int error = 0;  // errno; 0: none
};

class BlockReader {
 public:
  enum class Taken { block, end, stopped, failed };

  // Names are file paths, "-" is standard input. `watch_fd`: an output whose reader may go away while we wait for input
  // (-1: none); then take() gives `stopped` and reader_gone() is true.
  BlockReader(std::vector<std::string> names, int watch_fd);
  ~BlockReader();
  BlockReader(const BlockReader&) = delete;
  BlockReader& operator=(const BlockReader&) = delete;

  // The first name that cannot be opened or is a folder, with its errno. Call before the first take().
  ReadFailure check();

  // The next block, of at most `most_lines` lines and kBlockBytes bytes (one line may be longer), or what there is when
  // the next read would block. One thread at a time. Uses the block's memory again.
  Taken take(Block&, uint32_t most_lines);
  uint64_t next_ordinal() const;
  const ReadFailure& failure() const;
  bool reader_gone() const;

  // [any thread] Ends a take() that waits; later ones give `stopped`.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runnel::core
