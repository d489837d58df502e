#include <fcntl.h>
#include <rapidcheck.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "catch.hpp"
#include "source/block_reader.hpp"
#include "source_support.hpp"
#include "value/hash.hpp"

using namespace runnel::core;

namespace {

// Lines that are blank, long, with CR, NUL and marks, in many mixes; the last may lack its LF.
rc::Gen<std::string> byte_streams() {
  const auto piece = rc::gen::weightedElement<std::string>({{8, "\n"},
                                                            {3, "\r\n"},
                                                            {4, "{\"a\":1}"},
                                                            {3, " "},
                                                            {2, "\t"},
                                                            {2, "\r"},
                                                            {1, std::string(1, '\0')},
                                                            {1, "\xef\xbb\xbf"},
                                                            {1, std::string(300, 'x')},
                                                            {1, std::string(70'000, 'y')},
                                                            {1, std::string(300'000, 'z')}});
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](const std::vector<std::string>& pieces) {
    std::string all;
    for (const std::string& each : pieces) all += each;
    return all;
  });
}

}  // namespace

TEST_CASE("whatever arrives in whatever pieces, the blocks hold the lines a plain splitter finds") {
  CHECK(rc::check([] {
    const std::string bytes = *byte_streams();
    const auto cuts = *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(1, 100'000));
    const auto most = *rc::gen::inRange<uint32_t>(1, 20);
    Pipe pipe;
    std::thread writer = write_pieces(pipe, bytes, cuts);
    const std::string name = "/dev/fd/" + std::to_string(pipe.in);
    BlockReader reader({name}, -1);
    const std::vector<Seen> seen = read_all(reader, most);
    writer.join();
    RC_ASSERT(seen == split({{name, bytes}}));
  }));
}

TEST_CASE("files follow each other: lines count per file, ordinals run on, no line spans two") {
  CHECK(rc::check([] {
    auto contents = *rc::gen::container<std::vector<std::string>>(byte_streams());
    contents.resize(std::min<size_t>(contents.size(), 4));
    const auto most = *rc::gen::inRange<uint32_t>(1, 2000);
    TempFolder folder;
    std::vector<std::string> names;
    std::vector<std::pair<std::string, std::string>> files;
    for (const std::string& content : contents) {
      names.push_back(folder.file(std::to_string(names.size()), content));
      files.emplace_back(names.back(), content);
    }
    BlockReader reader(names, -1);
    RC_ASSERT(reader.check().error == 0);
    RC_ASSERT(read_all(reader, most) == split(files));
    RC_ASSERT(reader.next_ordinal() == split(files).size() + 1);
  }));
}

TEST_CASE("ordinals have no gaps and no block is over its bounds") {
  TempFolder folder;
  std::string content;
  for (int i = 0; i < 20'000; ++i) content += std::string(static_cast<size_t>(i % 97), 'a') + "\n\n";
  BlockReader reader({folder.file("a", content), folder.file("b", content)}, -1);
  Block block;
  uint64_t blocks = 0;
  uint64_t next = 1;
  while (reader.take(block, 700) == BlockReader::Taken::block) {
    ++blocks;
    CHECK(block.first_ordinal == next);
    next += block.lines.size();
    CHECK((block.lines.size() >= 1 && block.lines.size() <= 700));
    CHECK(block.lines.back().offset + block.lines.back().size <= kBlockBytes);
  }
  CHECK(blocks >= 2 * 20'000 * 96 / 97 / 700);
}

TEST_CASE("a byte order mark is dropped at the start of each source only") {
  TempFolder folder;
  BlockReader reader({folder.file("a", "\xef\xbb\xbf{}\n\xef\xbb\xbf[]\n"),
                      folder.file("b", "\xef\xbb\xbf\n\xef\xbb\xbf"), folder.file("c", "\xef\xbb\xbf\xef\xbb\xbf")},
                     -1);
  std::vector<std::string> texts;
  for (const Seen& seen : read_all(reader, 10)) texts.push_back(seen.text);
  CHECK(texts == std::vector<std::string>{"{}", "\xef\xbb\xbf[]", "\xef\xbb\xbf", "\xef\xbb\xbf"});
}

TEST_CASE("a whole line is handed over though the next one has only begun") {
  Pipe pipe;
  BlockReader reader({"/dev/fd/" + std::to_string(pipe.in)}, -1);
  Block block;
  write_all(pipe.out, "1\n2\n{\"half\"");
  REQUIRE(reader.take(block, 100) == BlockReader::Taken::block);
  CHECK(block.lines.size() == 2);
  write_all(pipe.out, ":3}\n");
  REQUIRE(reader.take(block, 100) == BlockReader::Taken::block);
  CHECK(block.text(block.lines[0]) == "{\"half\":3}");
  CHECK(block.first_line == 3);
  CHECK(block.first_ordinal == 3);
  pipe.close_out();
  CHECK(reader.take(block, 100) == BlockReader::Taken::end);
}

TEST_CASE("stop() ends a take() that waits, and later ones at once") {
  Pipe pipe;
  BlockReader reader({"/dev/fd/" + std::to_string(pipe.in)}, -1);
  std::thread stopper([&] { reader.stop(); });
  Block block;
  CHECK(reader.take(block, 1) == BlockReader::Taken::stopped);
  stopper.join();
  write_all(pipe.out, "1\n");
  CHECK(reader.take(block, 1) == BlockReader::Taken::stopped);
  CHECK(!reader.reader_gone());
}

TEST_CASE("when the reader of our output goes away, waiting for input ends") {
  Pipe input;
  Pipe output;
  BlockReader reader({"/dev/fd/" + std::to_string(input.in)}, output.out);
  std::thread closer([&] { output.close_in(); });
  Block block;
  CHECK(reader.take(block, 1) == BlockReader::Taken::stopped);
  closer.join();
  CHECK(reader.reader_gone());
  CHECK(reader.take(block, 1) == BlockReader::Taken::stopped);
}

TEST_CASE("check() finds missing files and folders and leaves pipes alone") {
  TempFolder folder;
  const std::string good = folder.file("good", "1\n");
  const std::string absent = folder.path("absent");
  CHECK(BlockReader({good, absent}, -1).check().source == absent);
  CHECK(BlockReader({good, absent}, -1).check().error == ENOENT);
  CHECK(BlockReader({folder.path("")}, -1).check().error == EISDIR);
  const std::string fifo = folder.fifo("fifo");
  BlockReader reader({fifo}, -1);
  CHECK(reader.check().error == 0);  // does not wait for a writer
  std::thread writer([&] {
    const int fd = ::open(fifo.c_str(), O_WRONLY | O_CLOEXEC);
    write_all(fd, "7\n");
    ::close(fd);
  });
  CHECK(read_all(reader, 5).size() == 1);
  writer.join();
}

TEST_CASE("a source that cannot be read fails by name, after the lines before it") {
  TempFolder folder;
  const std::string absent = folder.path("absent");
  BlockReader reader({folder.file("good", "1\n2\n"), absent}, -1);
  Block block;
  REQUIRE(reader.take(block, 10) == BlockReader::Taken::block);
  CHECK(block.lines.size() == 2);
  CHECK(reader.take(block, 10) == BlockReader::Taken::failed);
  CHECK(reader.failure().source == absent);
  CHECK(reader.failure().error == ENOENT);
  CHECK(reader.take(block, 10) == BlockReader::Taken::failed);

  BlockReader of_folder({folder.path("")}, -1);
  CHECK(of_folder.take(block, 10) == BlockReader::Taken::failed);
  CHECK(of_folder.failure().error == EISDIR);
}
