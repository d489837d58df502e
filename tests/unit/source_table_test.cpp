#include <rapidcheck.h>

#include <algorithm>
#include <thread>

#include "catch.hpp"
#include "source/block_reader.hpp"
#include "source_support.hpp"
#include "value/hash.hpp"
#include "value/writer.hpp"

using namespace runnel::core;

namespace {

using Row = std::vector<std::string>;

rc::Gen<std::string> fields() {
  const auto piece = rc::gen::weightedElement<std::string>({{6, "a"},
                                                            {2, ","},
                                                            {2, "\""},
                                                            {2, "\n"},
                                                            {1, "\r"},
                                                            {1, "\r\n"},
                                                            {2, "\t"},
                                                            {2, "\\"},
                                                            {1, "\\n"},
                                                            {1, "ü"},
                                                            {1, " "}});
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](const std::vector<std::string>& pieces) {
    std::string all;
    for (const std::string& each : pieces) all += each;
    return all;
  });
}

std::string csv_field(const std::string& text, bool quoted) {
  if (!quoted && text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

std::string tsv_field(const std::string& text) {
  std::string result;
  for (char c : text) {
    const size_t kind = std::string_view("\t\n\r\\").find(c);
    if (kind == std::string_view::npos) {
      result += c;
    } else {
      result += {'\\', "tnr\\"[kind]};
    }
  }
  return result;
}

struct Read {
  std::vector<std::string> data;  // as JSON, or "!" and the mistake
  std::vector<uint64_t> lines;
};

// The records of bytes that arrive in pieces of the given sizes.
Read read_pieces(const std::string& bytes, InputFormat format, const std::vector<size_t>& cuts, uint32_t most) {
  Pipe pipe;
  std::thread writer = write_pieces(pipe, bytes, cuts);
  BlockReader reader({"/dev/fd/" + std::to_string(pipe.in)}, -1, format);
  Read result;
  Block block;
  Reader json;
  while (reader.take(block, most) == BlockReader::Taken::block) {
    for (const Line& line : block.lines) {
      Arena arena;
      Value value{};
      ReadProblem problem;
      result.lines.push_back(block.first_line + line.line);
      const bool is_good = read_record(block.decoder, json, block.text(line), arena, value, problem);
      result.data.push_back(is_good ? to_json(value) : "!" + problem.message);
    }
  }
  writer.join();
  return result;
}

std::string object_of(const Row& names, const Row& row) {
  std::string text = "{";
  for (size_t i = 0; i < names.size(); ++i) {
    text += (i ? "," : "") + to_json(string_view_value(names[i])) + ":" + to_json(string_view_value(row[i]));
  }
  return text + "}";
}

}  // namespace

TEST_CASE("a table that was written comes back, in whatever pieces, from CSV and from TSV") {
  CHECK(rc::check([] {
    const auto width = *rc::gen::inRange<size_t>(1, 5);
    const auto rows = *rc::gen::container<std::vector<Row>>(rc::gen::container<Row>(width, fields()));
    const auto cuts = *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(1, 40));
    const bool is_csv = *rc::gen::arbitrary<bool>();
    const auto newline = *rc::gen::element<std::string>("\n", "\r\n");
    Row names;
    for (size_t i = 0; i < width; ++i) names.push_back("c\t" + std::to_string(i));
    std::string bytes = *rc::gen::element<std::string>("", "\xef\xbb\xbf");
    std::vector<std::string> expected;
    std::vector<uint64_t> lines;
    uint64_t line = 1;
    for (size_t r = 0; r <= rows.size(); ++r) {
      const Row& row = r == 0 ? names : rows[r - 1];
      const bool is_last = r == rows.size() && *rc::gen::arbitrary<bool>();
      std::string text;
      for (size_t i = 0; i < width; ++i) {
        text += i ? (is_csv ? "," : "\t") : "";
        text += is_csv ? csv_field(row[i], *rc::gen::arbitrary<bool>()) : tsv_field(row[i]);
      }
      if (r > 0 && !text.empty()) {
        expected.push_back(object_of(names, row));
        lines.push_back(line);
      }
      line += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n')) + 1;
      bytes += text + (is_last ? "" : newline);
    }
    const Read read =
        read_pieces(bytes, is_csv ? InputFormat::csv : InputFormat::tsv, cuts, *rc::gen::inRange<uint32_t>(1, 20));
    RC_ASSERT(read.data == expected);
    RC_ASSERT(read.lines == lines);
  }));
}

TEST_CASE("any bytes at all: rows depend on what is read, not on how it arrives") {
  CHECK(rc::check([] {
    const std::string bytes =
        "a,b\n" + *rc::gen::container<std::string>(rc::gen::element('a', ',', '"', '\n', '\r', '\\', '\xff'));
    const auto cuts = *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(1, 9));
    const Read whole = read_pieces(bytes, InputFormat::csv, {}, 1000);
    const Read pieces = read_pieces(bytes, InputFormat::csv, cuts, 3);
    RC_ASSERT(whole.data == pieces.data);
    RC_ASSERT(whole.lines == pieces.lines);
  }));
}

TEST_CASE("a row over 16 MiB is passed through; the rows around it are untouched") {
  TempFolder folder;
  std::string bytes = "a,b\n1,2\n\"";
  const std::string row = "\"" + std::string(17 * 1024 * 1024, 'x') + "\n\"\"\",3";
  bytes += row.substr(1) + "\r\n4,5\n";
  BlockReader reader({folder.file("table", bytes)}, -1, InputFormat::csv);
  Block block;
  std::vector<std::pair<std::string, bool>> seen;
  uint64_t hash = 0;
  while (reader.take(block, 100) == BlockReader::Taken::block) {
    for (const Line& line : block.lines) {
      seen.emplace_back(block.text(line).substr(0, 5), line.too_long);
      if (line.too_long) hash = block.long_line_hash;
      CHECK(block.first_line + line.line == (seen.size() == 3 ? 5 : seen.size() + 1));
    }
  }
  CHECK(seen == std::vector<std::pair<std::string, bool>>{{"1,2", false}, {"\"xxxx", true}, {"4,5", false}});
  CHECK(hash == content_hash(row));
}

TEST_CASE("the CR before the LF is not part of a row over 16 MiB, though a read ends between them") {
  TempFolder folder;
  constexpr size_t kReads = 64 * 1024 + 68 * 256 * 1024;  // where one ends
  const std::string header = "a\n";
  const std::string row(kReads - header.size() - 1, 'x');
  BlockReader reader({folder.file("table", header + row + "\r\n")}, -1, InputFormat::csv);
  Block block;
  REQUIRE(reader.take(block, 100) == BlockReader::Taken::block);
  CHECK(block.lines[0].too_long);
  CHECK(block.long_line_hash == content_hash(row));
}

TEST_CASE("each file has its own header; blocks keep theirs") {
  TempFolder folder;
  BlockReader reader({folder.file("a", "x\n1\n"), folder.file("b", "y,z\n2,3\n"), folder.file("c", "y,z\n4,5")}, -1,
                     InputFormat::csv);
  CHECK(reader.check().error == 0);
  std::vector<std::string> data;
  std::vector<Block> blocks(4);
  for (Block& block : blocks) {
    if (reader.take(block, 10) != BlockReader::Taken::block) break;
  }
  Reader json;
  Arena arena;
  for (const Block& block : blocks) {
    for (const Line& line : block.lines) {
      Value value{};
      ReadProblem problem;
      REQUIRE(read_record(block.decoder, json, block.text(line), arena, value, problem));
      data.push_back(to_json(value));
    }
  }
  CHECK(data == std::vector<std::string>{R"({"x":"1"})", R"({"y":"2","z":"3"})", R"({"y":"4","z":"5"})"});
  CHECK(blocks[1].decoder == blocks[2].decoder);
}
