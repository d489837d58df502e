#include <thread>

#include "catch.hpp"
#include "source/block_reader.hpp"
#include "source_support.hpp"
#include "value/hash.hpp"

using namespace runnel::core;

namespace {

// A line of `size` bytes whose places can be told apart.
std::string line_of(size_t size) {
  std::string line(size, ' ');
  for (size_t i = 0; i < size; ++i) line[i] = static_cast<char>('a' + i % 23);
  return line;
}

// A line of /proc/self/status, in bytes; VmHWM is the most VmRSS was since forget_peak().
size_t memory_of(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return std::stoul(line.substr(name.size() + 1)) * 1024;
  }
  throw std::runtime_error(name);
}
void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsOurs = false;  // shadow memory counts too
#else
constexpr bool kMemoryIsOurs = true;
#endif

}  // namespace

TEST_CASE("lines up to the limit come whole, with LF, CRLF and none") {
  TempFolder folder;
  const std::string most = line_of(kMaxLine);
  for (const size_t size :
       {kBlockBytes, kBlockBytes + 1, 2 * kBlockBytes - 1, 2 * kBlockBytes, 2 * kBlockBytes + 1, kMaxLine}) {
    const std::string line = most.substr(0, size);
    for (const std::string end : {"\n", "\r\n", ""}) {
      BlockReader reader({folder.file("a", "before\n" + line + "\nbetween\n" + line + end)}, -1);
      const std::vector<Seen> seen = read_all(reader, 100);
      REQUIRE(seen.size() == 4);
      CHECK((seen[1].text == line && seen[1].line == 2));
      CHECK((seen[2].text == "between" && seen[2].line == 3));
      CHECK((seen[3].text == line && seen[3].ordinal == 4));
    }
  }
}

TEST_CASE("a line over the limit stands alone with its first bytes and the hash of all of it") {
  TempFolder folder;
  for (const size_t more : {size_t{1}, size_t{3'000'000}}) {
    const std::string line = line_of(kMaxLine + more);
    for (const std::string end : {"\n", "\r\n", "\r"}) {
      for (const std::string start : {"\xef\xbb\xbf", "1\n"}) {
        const bool ended = end.ends_with("\n");
        BlockReader reader({folder.file("a", start + line + end + (ended ? "last\n" : ""))}, -1);
        Block block;
        if (start == "1\n") {
          REQUIRE(reader.take(block, 100) == BlockReader::Taken::block);
          CHECK(block.lines.size() == 1);
        }
        REQUIRE(reader.take(block, 100) == BlockReader::Taken::block);
        REQUIRE(block.lines.size() == 1);
        CHECK(block.lines[0].too_long);
        CHECK(block.text(block.lines[0]) == std::string_view(line).substr(0, kKeptOfLongLine));
        CHECK(block.long_line_hash == content_hash(ended ? line : line + end));
        if (ended) {
          REQUIRE(reader.take(block, 100) == BlockReader::Taken::block);
          CHECK(block.text(block.lines[0]) == "last");
          CHECK(block.first_line == (start == "1\n" ? 3 : 2));
          CHECK(!block.lines[0].too_long);
        }
        CHECK(reader.take(block, 100) == BlockReader::Taken::end);
      }
    }
  }
}

TEST_CASE("16 MiB with a byte order mark in front is within the limit") {
  TempFolder folder;
  BlockReader reader({folder.file("a", "\xef\xbb\xbf" + line_of(kMaxLine) + "\r\n")}, -1);
  Block block;
  REQUIRE(reader.take(block, 1) == BlockReader::Taken::block);
  CHECK(!block.lines[0].too_long);
  CHECK(block.lines[0].size == kMaxLine);
}

TEST_CASE("a blank line over the limit is no job but counts as a line") {
  TempFolder folder;
  BlockReader reader({folder.file("a", std::string(kMaxLine + 500'000, ' ') + "\r\n1\n")}, -1);
  const std::vector<Seen> seen = read_all(reader, 1);
  REQUIRE(seen.size() == 1);
  CHECK((seen[0].line == 2 && seen[0].ordinal == 1));
}

TEST_CASE("a line of 1 GiB costs little memory, and what it cost is given back") {
  constexpr size_t kSize = size_t{1} << 30;
  Pipe pipe;
  BlockReader reader({"/dev/fd/" + std::to_string(pipe.in)}, -1);
  Block block;
  forget_peak();
  const size_t before = memory_of("VmRSS");
  std::thread writer([&] {
    const std::string piece(1 << 20, 'x');
    for (size_t sent = 0; sent < kSize; sent += piece.size()) write_all(pipe.out, piece);
    write_all(pipe.out, "\nnext\n");
    pipe.close_out();
  });
  REQUIRE(reader.take(block, 1) == BlockReader::Taken::block);
  CHECK(block.lines[0].too_long);
  REQUIRE(reader.take(block, 1) == BlockReader::Taken::block);
  writer.join();
  CHECK(block.text(block.lines[0]) == "next");
  CHECK(block.bytes.size() <= 2 * kBlockBytes);
  if (kMemoryIsOurs) {
    constexpr size_t kMiB = 1024 * 1024;
    CHECK(memory_of("VmHWM") - before < 24 * kMiB);
    CHECK(memory_of("VmRSS") < before + 4 * kMiB);
  }
}
