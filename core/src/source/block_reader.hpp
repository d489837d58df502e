// Bytes of files and stdin -> blocks of records, mostly lines. One block is one worker's next piece of work.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "job/input_decoder.hpp"
#include "job/job_request.hpp"
#include "source/byte_memory.hpp"
#include "source/decompressor.hpp"
#include "source/input_format.hpp"

namespace runnel::core {

constexpr size_t kMaxLine = size_t{16} * 1024 * 1024;
constexpr size_t kBlockBytes = 256 * 1024;
constexpr size_t kKeptOfLongLine =
    68 * 1024;  // what a record shows of it, 64 KiB, and what a secret at the cut may need

// A record: a line, unless the format says otherwise.
struct Line {
  uint32_t offset;        // in Block::bytes
  uint32_t size;          // without LF or CRLF; at most kMaxLine
  uint32_t line;          // number within the source of the line it begins on, less Block::first_line
  uint32_t column = 1;    // where on it
  bool too_long = false;  // only the first bytes are there; Block::long_line_hash is that of all of it
};

// Where a record goes that says so itself, or whose job's id or worker is taken from it.
struct Post {
  SlotRef slot;
  uint32_t worker = 0;                    // that runs the job, if the records are partitioned
  std::string_view job_id;                // "": the runtime makes one
  const InputProblem* problem = nullptr;  // the job fails with it
};

// What a record of an earlier run is posted again as. Views are of the block.
struct Replay {
  std::string_view text;      // the job's data as JSON, or the line that could not be read
  std::string_view format;    // of the text, as in JobRequest
  std::string_view metadata;  // JSON object, or empty
  std::string_view replay_of;
  std::string_view routine;  // where it goes, by name
  std::string_view slot;
  const InputDecoder* decoder = nullptr;
  const InputProblem* problem = nullptr;  // the job fails with it
  bool is_post = false;                   // the text is {"data": ..., ...}
  bool is_lost = false;                   // the flow has no such routine or slot
};

// Records of one source that are not blank, in order. Ordinals of the run: first_ordinal, first_ordinal + 1, ...
struct Block {
  uint64_t first_ordinal = 1;
  uint64_t first_line = 1;
  std::string_view source;  // name; "-" is stdin; lives as long as the reader
  std::vector<Line> lines;  // never empty after take() gave a block
  ByteMemory bytes;
  uint64_t long_line_hash = 0;            // a line over the limit stands alone in its block
  const InputDecoder* decoder = nullptr;  // of the records; null: they are JSON. Lives as long as the reader
  std::optional<InputProblem> problem;    // of the last record: its source cannot be read on
  std::string_view format;                // of records that are no lines of JSON: csv, lines, ...
  bool is_cut = false;                    // the last line ends with its source, not with a newline

  std::vector<Post> posts;                              // by line, once a dispatcher has looked at them; else empty
  bool are_posts = false;                               // a record is {"data": ..., ...}
  std::vector<Replay> replays;                          // by line, of records that are posted again; else empty
  std::vector<std::unique_ptr<InputProblem>> problems;  // that posts and replays point to
  Arena ids{SIZE_MAX, 4096};                            // texts of posts and replays

  std::string_view text(const Line& line) const { return {bytes.get() + line.offset, line.size}; }
};

struct ReadFailure {
  std::string source;
  int error = 0;     // errno; 0: none
  std::string text;  // what is wrong, where errno does not say it

  std::string message() const;
};

class BlockSource;

// Whether a line becomes a job; the others take no ordinal. Called for each line in order.
// May add to the block's replays, one for each line that stays.
using LineFilter = std::function<bool(Block&, const Line&)>;

class BlockReader {
 public:
  enum class Taken { block, end, stopped, failed };

  // Names are file paths, "-" is standard input. `watch_fd`: an output whose reader may go away while we wait for input
  // (-1: none); then take() gives `stopped` and reader_gone() is true.
  BlockReader(std::vector<std::string> names, int watch_fd, InputFormat = InputFormat::jsonl, LineFilter = {});
  ~BlockReader();
  BlockReader(const BlockReader&) = delete;
  BlockReader& operator=(const BlockReader&) = delete;

  // The first name that cannot be opened, is a folder, or is a file whose header is wrong. Call before the first
  // take().
  ReadFailure check() const;

  // The next block, of at most `most_lines` lines and kBlockBytes bytes (one line may be longer), or what there is when
  // the next read would block. One thread at a time. Uses the block's memory again.
  Taken take(Block&, uint32_t most_lines);
  uint64_t next_ordinal() const;
  const ReadFailure& failure() const;
  bool reader_gone() const;

  // [any thread] Ends a take() that waits; later ones give `stopped`.
  void stop();

 private:
  const InputFormat format_;
  const LineFilter filter_;
  uint64_t next_ordinal_ = 1;  // with a filter
  std::unique_ptr<BlockSource> source_;
};

// How a file is packed, by its first bytes; none also where that cannot be seen without taking bytes from someone.
Compression compression_of_file(const std::string& name);

}  // namespace runnel::core
