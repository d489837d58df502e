#include <rapidcheck.h>
#include <zlib.h>
#include <zstd.h>

#include <thread>

#include "catch.hpp"
#include "source/block_reader.hpp"
#include "source/decompressor.hpp"
#include "source/input_bytes.hpp"
#include "source_support.hpp"

using namespace runnel::core;

namespace {

std::string gzip(std::string_view text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string zstd(std::string_view text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

std::string skippable() { return std::string("\x50\x2a\x4d\x18\x03\0\0\0abc", 11); }

// All that a decompressor makes of pieces; "" in `problem` and `complete` tell how it ended.
std::string unpacked(Compression kind, std::string_view packed, size_t piece, size_t room, bool& complete,
                     std::string& problem) {
  const auto decompressor = make_decompressor(kind);
  std::string result;
  std::string buffer(room, '\0');
  for (size_t at = 0; at < packed.size() && problem.empty(); at += piece) {
    std::string_view in = packed.substr(at, piece);
    size_t made = 0;
    do {
      if (!decompressor->step(in, buffer.data(), room, made)) problem = decompressor->problem();
      result.append(buffer, 0, made);
    } while (problem.empty() && (!in.empty() || made == room));
  }
  complete = decompressor->is_complete();
  return result;
}

rc::Gen<std::string> texts() {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
                          "{\"a\":1}\n", "x", "\n", std::string(5000, 'y'), "äö\n", std::string("\0\x1f\x8b", 3))),
                      [](const std::vector<std::string>& pieces) {
                        std::string all;
                        for (const std::string& each : pieces) all += each;
                        return all;
                      });
}

}  // namespace

TEST_CASE("what was packed comes back, in any pieces, members one behind the other") {
  CHECK(rc::check([] {
    const Compression kind = *rc::gen::element(Compression::gzip, Compression::zstd);
    const auto parts = *rc::gen::container<std::vector<std::string>>(texts());
    std::string text;
    std::string packed;
    for (const std::string& part : parts) {
      text += part;
      packed += kind == Compression::gzip ? gzip(part) : zstd(part);
      if (kind == Compression::zstd && *rc::gen::inRange(0, 4) == 0) packed += skippable();
    }
    if (kind == Compression::gzip && !parts.empty()) packed += std::string(*rc::gen::inRange<size_t>(0, 20), '\0');
    bool complete = false;
    std::string problem;
    const auto piece = *rc::gen::element<size_t>(1, 2, 7, 1000, 1'000'000);
    const auto room = *rc::gen::element<size_t>(1, 3, 64, 1'000'000);
    RC_ASSERT(unpacked(kind, packed, piece, room, complete, problem) == text);
    RC_ASSERT(problem == "");
    RC_ASSERT(complete == !parts.empty());
  }));
}

TEST_CASE("cut anywhere it is not complete, and what came before is right") {
  const std::string text = "{\"n\":1}\n{\"n\":2}\n" + std::string(3000, 'z') + "\n";
  for (const Compression kind : {Compression::gzip, Compression::zstd}) {
    const std::string packed = kind == Compression::gzip ? gzip(text) : zstd(text);
    for (size_t size = 1; size < packed.size(); ++size) {
      bool complete = true;
      std::string problem;
      const std::string made = unpacked(kind, std::string_view(packed).substr(0, size), 1, 50, complete, problem);
      CHECK(problem == "");
      CHECK_FALSE(complete);
      CHECK(text.starts_with(made));
    }
  }
}

TEST_CASE("the first bytes tell what an input is; no more are asked for than that takes") {
  const auto see = [](std::string_view bytes) {
    bool undecided = false;
    const Compression kind = compression_of(bytes, undecided);
    return undecided ? "?" : std::string(kind == Compression::none ? "none" : name_of(kind));
  };
  CHECK(see("{") == "none");
  CHECK(see("\x1f") == "?");
  CHECK(see("\x1f\x8b") == "gzip");
  CHECK(see("\x1fx") == "none");
  CHECK(see("\x28") == "?");
  CHECK(see("\x28\xb5\x2f") == "?");
  CHECK(see("\x28\xb5\x2f\xfd") == "zstd");
  CHECK(see("\x28\xb5\x30") == "none");
  CHECK(see("P") == "?");
  CHECK(see("P*M\x18") == "zstd");
  CHECK(see("Pa") == "none");
}

TEST_CASE("a packed input that arrives byte by byte gives its lines; one that is cut off fails behind them") {
  for (const bool is_gzip : {true, false}) {
    const std::string text = "1\n2\n\n3";
    std::string packed = is_gzip ? gzip(text) + gzip("4\n5") : zstd(text) + zstd("4\n5");
    for (const bool is_cut : {false, true}) {
      if (is_cut) packed.resize(packed.size() - 3);
      Pipe pipe;
      std::thread writer([&] {
        for (const char byte : packed) write_all(pipe.out, {&byte, 1});
        pipe.close_out();
      });
      BlockReader reader({"/dev/fd/" + std::to_string(pipe.in)}, -1);
      std::vector<std::string> texts;
      for (const Seen& seen : read_all(reader, 2)) texts.push_back(seen.text);
      writer.join();
      if (is_cut) {
        CHECK(texts.size() >= 2);
        CHECK(texts.size() <= 4);
        CHECK(reader.failure().message() == std::string("the ") + (is_gzip ? "gzip" : "zstd") + " data is cut off");
      } else {
        CHECK(texts == std::vector<std::string>{"1", "2", "34", "5"});
        CHECK(reader.failure().error == 0);
      }
    }
  }
}

TEST_CASE("what is much larger unpacked comes whole") {
  TempFolder folder;
  const std::string line(999, 'l');
  std::string text;
  for (int i = 0; i < 3000; ++i) text += line + "\n";
  BlockReader reader({folder.file("gz", gzip(text)), folder.file("zst", zstd(text))}, -1);
  const std::vector<Seen> seen = read_all(reader, 1000);
  CHECK(reader.failure().error == 0);
  REQUIRE(seen.size() == 6000);
  for (const Seen& one : seen) CHECK(one.text == line);
}

TEST_CASE("all that can be unpacked of what has come is there without more, however little is read at once") {
  const std::string text = "{}\n" + std::string(2000, 't') + std::string(2000, '\n');
  for (const Compression kind : {Compression::gzip, Compression::zstd}) {
    const std::string packed = kind == Compression::gzip ? gzip(text) : zstd(text);
    for (size_t size = kMagicBytes; size < packed.size(); ++size) {
      const std::string_view part = std::string_view(packed).substr(0, size);
      Pipe pipe;
      write_all(pipe.out, part);
      InputBytes bytes(-1);
      REQUIRE(bytes.open("/dev/fd/" + std::to_string(pipe.in)));
      char buffer[10];
      size_t count = 0;
      std::string made;
      while (bytes.read(buffer, sizeof buffer, false, count) == InputBytes::Got::bytes) made.append(buffer, count);
      bool complete = false;
      std::string problem;
      CHECK(made == unpacked(kind, part, size, 1'000'000, complete, problem));
    }
  }
}

TEST_CASE("a line that is not packed is handed over at once, whatever its first byte") {
  for (const std::string line : {"(", "P", "\x1f", "{}"}) {
    Pipe pipe;
    BlockReader reader({"/dev/fd/" + std::to_string(pipe.in)}, -1);
    write_all(pipe.out, line + "\n");
    Block block;
    REQUIRE(reader.take(block, 10) == BlockReader::Taken::block);
    CHECK(block.text(block.lines[0]) == line);
    pipe.close_out();
    CHECK(reader.take(block, 10) == BlockReader::Taken::end);
  }
}
