// First byte: the format. Second: how the input is cut. Then its bytes. What is read from a file in large blocks must
// be what is read from a pipe in small ones.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "source/block_reader.hpp"
#include "value/reader.hpp"
#include "value/writer.hpp"

using namespace runnel::core;
using runnel::fuzz::require;

namespace {

constexpr size_t kMostBytes = size_t{24} * 1024 * 1024;  // unpacked

struct Record {
  std::string text;
  std::string json;     // of its value, or
  std::string mistake;  // why there is none
  uint64_t line;
  uint32_t column;
  bool too_long;
  bool operator==(const Record&) const = default;
};

struct Input {
  std::vector<Record> records;
  BlockReader::Taken end = BlockReader::Taken::end;
  std::string failure;
};

// Written and read again, a value must be the same bytes.
std::string read_back(Value value) {
  std::string text = to_json(value);
  Reader reader;
  Arena arena;
  Value again{};
  require(reader.read(text, arena, again), "what is written can be read");
  require(to_json(again) == text, "it is written the same");
  require(to_json(again, {.splice = false, .ascii = true}) == to_json(value, {.splice = false, .ascii = true}),
          "also without its own text");
  return text;
}

Record record_of(const Block& block, size_t i, Reader& reader, Arena& arena) {
  const Line& line = block.lines[i];
  Record record{std::string(block.text(line)), "", "", block.first_line + line.line, line.column, line.too_long};
  require(line.too_long || line.size <= kMaxLine, "lines have a limit");
  if (line.too_long) {
    record.mistake = std::to_string(block.long_line_hash);
    require(block.lines.size() == 1, "a line over the limit stands alone");
  }
  if (block.problem && i + 1 == block.lines.size()) {
    record.mistake += std::string(block.problem->code) + ": " + block.problem->message + " at " +
                      std::to_string(block.problem->offset);
    require(!block.problem->message.empty(), "a problem has a message");
    return record;
  }
  if (line.too_long) return record;
  arena.reset();
  Value value{};
  ReadProblem problem;
  if (read_record(block.decoder, reader, block.text(line), arena, value, problem)) {
    record.json = read_back(value);
  } else {
    require(problem.error != ReadError::none && !problem.message.empty(), "a mistake has a message");
    require(problem.offset <= line.size, "a mistake is in its record");
    record.mistake = problem.message + " at " + std::to_string(problem.offset);
  }
  return record;
}

Input read_all(const std::string& name, InputFormat format, uint32_t most_lines) {
  BlockReader source({name}, -1, format);
  Input input;
  Reader reader;
  Arena arena;
  Block block;
  size_t bytes = 0;
  uint64_t ordinal = 1;
  while (bytes < kMostBytes && (input.end = source.take(block, most_lines)) == BlockReader::Taken::block) {
    require(!block.lines.empty() && block.lines.size() <= most_lines, "a block has lines");
    require(block.first_ordinal == ordinal, "no ordinal is left out");
    ordinal += block.lines.size();
    for (size_t i = 0; i < block.lines.size(); ++i) {
      input.records.push_back(record_of(block, i, reader, arena));
      bytes += input.records.back().text.size();
    }
  }
  require(source.next_ordinal() == ordinal, "ordinals go on");
  if (input.end == BlockReader::Taken::failed) input.failure = source.failure().message();
  return input;
}

// A file in memory, under a name that opens it anew.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : fd_(memfd_create("input", MFD_CLOEXEC)) {
    require(fd_ >= 0 && write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "memfd");
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(fd_); }
  std::string name() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

// Standard input that gives the pieces one read at a time: a socket keeps the borders of what was sent.
void put_on_stdin(std::string_view bytes, size_t piece) {
  int ends[2];
  require(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0, "socketpair");
  while (!bytes.empty()) {
    const std::string_view now = bytes.substr(0, piece);
    require(send(ends[1], now.data(), now.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(now.size()), "send");
    bytes.remove_prefix(now.size());
  }
  close(ends[1]);
  require(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO, "dup2");
  close(ends[0]);
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kMostInput = 16 * 1024;
  constexpr size_t kMostPieces = 64;  // a socket holds so many
  if (size < 2 || size > kMostInput) return 0;
  const auto format = static_cast<InputFormat>(data[0] % input_format_names().size());
  const std::string_view bytes = runnel::fuzz::text_of(data + 2, size - 2);
  const size_t piece = std::max<size_t>(data[1] % 16 + 1u, bytes.size() / kMostPieces + 1);
  const uint32_t most_lines = data[1] / 16 + 1u;

  const MemoryFile file(bytes);
  const Input whole = read_all(file.name(), format, 4096);
  put_on_stdin(bytes, piece);
  const Input pieces = read_all("-", format, most_lines);
  // Which damage the library for packed bytes sees first depends on how they come: it stands behind the colon.
  const auto kind_of = [](const std::string& failure) { return failure.substr(0, failure.find(':')); };
  require(whole.end == pieces.end && kind_of(whole.failure) == kind_of(pieces.failure), "both end the same way");
  // What came before damaged packed bytes is given as far as it was unpacked when they were met.
  const bool is_damaged = whole.end == BlockReader::Taken::failed;
  const size_t same = std::min(whole.records.size(), is_damaged ? pieces.records.size() : SIZE_MAX);
  require(is_damaged || whole.records.size() == pieces.records.size(), "both give as many records");
  require(
      std::equal(whole.records.begin(), whole.records.begin() + static_cast<ptrdiff_t>(same), pieces.records.begin()),
      "both give the same records");

  BlockReader checked({file.name()}, -1, format);
  checked.check();
  compression_of_file(file.name());
  return 0;
}
