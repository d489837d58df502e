#include <rapidcheck.h>

#include <map>

#include "base/job_id.hpp"
#include "catch.hpp"
#include "sink/done_records.hpp"
#include "sink/merge_outputs.hpp"
#include "sink/output_scan.hpp"
#include "sink_files.hpp"

using namespace runnel::core;

namespace {

std::string record(uint64_t ordinal, const std::string& status = "completed", const std::string& data = "{}") {
  const uint64_t hash = ordinal * 0x9e3779b97f4a7c15;
  return R"({"job_id":")" + stable_job_id(ordinal, hash) + R"(","status":")" + status + R"(","data":)" + data +
         R"(,"input":{"source":"a","line":1,"ordinal":)" + std::to_string(ordinal) + R"(,"sha":")" + hex16(hash) +
         "\"}}\n";
}

std::string records(uint64_t count) {
  std::string text;
  for (uint64_t i = 1; i <= count; ++i) {
    text += record(i, i % 3 ? "completed" : "failed", i == 2 ? std::string(R"({"s":"a \" } ] \\"})") : "{}");
  }
  return text;
}

struct Scanned {
  OutputScan::Got end;
  std::vector<uint64_t> ordinals;
  uint64_t whole;
  uint64_t line;
};

Scanned scan(const CheckedFile& file) {
  OutputScan scan(file, true);
  Scanned result{};
  while ((result.end = scan.next()) == OutputScan::Got::record) result.ordinals.push_back(scan.record().ordinal);
  result.whole = scan.whole_bytes();
  result.line = scan.line_number();
  return result;
}

}  // namespace

TEST_CASE("an output file cut anywhere holds the records before the cut") {
  const Folder folder;
  const std::string whole = records(12);
  CHECK(rc::check([&] {
    const auto size = *rc::gen::inRange<size_t>(0, whole.size() + 1);
    const std::string garbage = *rc::gen::element(std::string(), std::string("\0\0\0", 3), std::string("{\n[\n"));
    const std::string kept = whole.substr(0, size);
    const Scanned found = scan(folder.with("o", kept + garbage));
    RC_ASSERT(found.end == OutputScan::Got::end);
    const size_t last = kept.rfind('\n');
    RC_ASSERT(found.whole == (last == std::string::npos ? 0 : last + 1));
    RC_ASSERT(found.ordinals.size() == static_cast<size_t>(std::count(kept.begin(), kept.end(), '\n')));
  }));
}

TEST_CASE("a bit flipped in an output file is damage, a torn end, or inside a value") {
  const Folder folder;
  const std::string whole = records(6);
  CHECK(rc::check([&] {
    std::string text = whole;
    const auto at = *rc::gen::inRange<size_t>(0, text.size());
    text[at] = static_cast<char>(text[at] ^ 1 << *rc::gen::inRange(0, 8));
    const Scanned found = scan(folder.with("o", text));
    const auto line =
        static_cast<uint64_t>(std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(at), '\n')) + 1;
    if (found.end == OutputScan::Got::damaged) {
      RC_ASSERT(found.line == line);
      RC_ASSERT(found.ordinals.size() == line - 1);
    } else if (found.ordinals.size() < 6) {
      RC_ASSERT(line >= 5);  // the last one, or its beginning
    } else {
      for (uint64_t i = 0; i < 6; ++i) RC_ASSERT(found.ordinals[i] == i + 1);
    }
  }));
}

TEST_CASE("what is no record of a run is none") {
  WrittenRecordReader reader(true);
  const auto line = [](std::string text) { return text.substr(0, text.size() - 1); };
  CHECK(reader.read(line(record(3, "failed")))->status == Status::failed);
  CHECK(reader.read(line(record(3)))->ordinal == 3);
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), std::string("7"), line(record(3, "running")),
        line(record(0)), line(record(3)) + "}", line(record(3)) + line(record(4))}) {
    CAPTURE(text);
    CHECK_FALSE(reader.read(text));
  }
  std::string other_id = line(record(3));
  other_id.replace(other_id.find("\"3-"), 3, "\"4-");
  CHECK_FALSE(reader.read(other_id));
  CHECK(WrittenRecordReader(false).read(other_id)->ordinal == 3);
}

TEST_CASE("a record is known again however deep its data is") {
  WrittenRecordReader reader(true);
  for (const size_t depth : {250u, 255u, 256u, 260u}) {
    const std::string deep =
        R"({"x":{"ordinal":9,"input":1},"v":)" + std::string(depth, '[') + R"("],\"}")" + std::string(depth, ']') + "}";
    const std::string text = record(5, "failed", deep);
    const auto found = reader.read(std::string_view(text).substr(0, text.size() - 1));
    REQUIRE(found);
    CHECK(found->ordinal == 5);
    CHECK(found->status == Status::failed);
  }
}

TEST_CASE("DoneRecords knows what was added") {
  CHECK(rc::check([] {
    DoneRecords done;
    std::map<uint64_t, uint64_t> known;
    for (const auto ordinal : *rc::gen::container<std::vector<uint64_t>>(rc::gen::inRange<uint64_t>(1, 10'000))) {
      const auto hash = *rc::gen::arbitrary<uint64_t>();
      RC_ASSERT(done.add(ordinal, hash) == known.emplace(ordinal, hash).second);
    }
    RC_ASSERT(done.count() == known.size());
    RC_ASSERT(done.last() == (known.empty() ? 0 : known.rbegin()->first));
    for (uint64_t ordinal = 1; ordinal < 10'001; ++ordinal) {
      const auto at = known.find(ordinal);
      RC_ASSERT(done.hash(ordinal) == (at == known.end() ? std::nullopt : std::optional(at->second)));
    }
  }));
  DoneRecords done;
  for (uint64_t ordinal = 3; ordinal <= 9000; ++ordinal) done.add(ordinal, 1);
  CHECK(done.run_from(3, 100) == 100);
  CHECK(done.run_from(8999, 100) == 2);
  CHECK(done.run_from(1, 100) == 0);
  CHECK(done.has_gap(0));
  CHECK_FALSE(done.has_gap(2));
  done.add(UINT64_MAX, 1);
  CHECK(done.has(UINT64_MAX));
  CHECK(done.has_gap(2));
}

TEST_CASE("a retry's records take the place of the failed ones") {
  const Folder folder;
  const CheckedFile before = folder.with("before", records(6) + "{\"torn");  // 3 and 6 failed
  const CheckedFile again = folder.with("again", record(3) + record(6, "failed") + record(7));
  for (const bool in_order : {true, false}) {
    const CheckedFile to = folder.with("to", "");
    REQUIRE(merge_outputs(before, again, in_order, true, to) == 0);
    const std::vector<uint64_t> expected =
        in_order ? std::vector<uint64_t>{1, 2, 3, 4, 5, 6, 7} : std::vector<uint64_t>{1, 2, 4, 5, 3, 6, 7};
    CHECK(scan(to).ordinals == expected);
    CHECK(scan(to).end == OutputScan::Got::end);
  }
}

TEST_CASE("lines of any length come whole from a file") {
  const Folder folder;
  CHECK(rc::check([&] {
    const auto sizes = *rc::gen::container<std::vector<size_t>>(
        rc::gen::element<size_t>(0, 1, 255, 262'143, 262'144, 262'145, 600'000));
    const bool ended = *rc::gen::arbitrary<bool>();
    std::string text;
    for (const size_t size : sizes) text += std::string(size, 'x') + "\n";
    if (!ended) text += "rest";
    const CheckedFile file = folder.with("l", text);
    FileLines lines(file);
    uint64_t offset = 0;
    for (const size_t size : sizes) {
      RC_ASSERT(lines.next());
      RC_ASSERT(lines.is_ended());
      RC_ASSERT(lines.line().size() == size);
      RC_ASSERT(lines.offset() == offset);
      offset = lines.end();
    }
    RC_ASSERT(lines.next() == !ended);
    if (!ended) RC_ASSERT(lines.line() == "rest");
    if (!ended) RC_ASSERT_FALSE(lines.is_ended());
    RC_ASSERT_FALSE(lines.next());
  }));
}
