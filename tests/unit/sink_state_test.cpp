#include <rapidcheck.h>

#include "catch.hpp"
#include "sink/crc32c.hpp"
#include "sink/state_file.hpp"
#include "sink_files.hpp"

using namespace runnel::core;

namespace {

StateHeader random_header() {
  StateHeader header;
  header.runner = *rc::gen::arbitrary<std::string>();
  header.flow = *rc::gen::arbitrary<std::string>();
  header.plugins = *rc::gen::arbitrary<std::vector<std::pair<std::string, std::string>>>();
  header.options = {{"--post", *rc::gen::nonEmpty(rc::gen::arbitrary<std::string>())}, {"--head", "10"}};
  for (const std::string& path : *rc::gen::arbitrary<std::vector<std::string>>()) {
    header.inputs.push_back({path, *rc::gen::arbitrary<uint64_t>(), *rc::gen::arbitrary<int64_t>()});
  }
  return header;
}

// A state file as a run leaves it.
std::string written_state(const Folder& folder, const StateHeader& header, uint64_t blocks) {
  StateFile state(folder.file("s"));
  REQUIRE_FALSE(state.open(true));
  REQUIRE_FALSE(state.begin(header));
  for (uint64_t i = 0; i < blocks; ++i) {
    StateLine line;
    line.first = i * 10 + 1;
    line.last = i * 10 + 10;
    REQUIRE(state.append(line) == 0);
  }
  REQUIRE(state.finish(blocks * 10) == 0);
  return folder.text("s");
}

StateHeader some_header() {
  StateHeader header;
  header.runner = "runnel 0.1.0";
  header.flow = "0123456789abcdef";
  header.plugins = {{"a.so", "11"}};
  header.options = {{"--order", "input"}, {"--head", "5"}};
  header.inputs = {{"in.jsonl", 10, 20}, {"-", 0, 0}};
  return header;
}

}  // namespace

TEST_CASE("crc32c gives the values of RFC 3720 and finds every flipped bit") {
  CHECK(crc32c("") == 0);
  CHECK(crc32c("123456789") == 0xe3069283);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43);
  CHECK(rc::check([](std::string text) {
    if (text.empty()) return;
    const uint32_t sum = crc32c(text);
    text[*rc::gen::inRange<size_t>(0, text.size())] ^= static_cast<char>(1 << *rc::gen::inRange(0, 8));
    RC_ASSERT(crc32c(text) != sum);
  }));
}

TEST_CASE("a sealed line is read back, and one that was touched is not") {
  CHECK_FALSE(unsealed(""));
  CHECK_FALSE(unsealed("E 5"));
  CHECK(rc::check([](const std::string& text) {
    const std::string line = sealed(text);
    const std::string_view body = std::string_view(line).substr(0, line.size() - 1);
    RC_ASSERT(unsealed(body) == std::optional<std::string_view>(text));
    std::string touched(body);
    touched[*rc::gen::inRange<size_t>(0, touched.size())] ^= static_cast<char>(1 << *rc::gen::inRange(0, 8));
    RC_ASSERT_FALSE(unsealed(touched));
  }));
}

TEST_CASE("the lines of what happens are read back") {
  for (const std::string text : {"S 1 16", "S 7 7", "X 20 SIGSEGV", "Q 20", "E 0", "E 18446744073709551615"}) {
    const auto line = state_line_of(text);
    REQUIRE(line);
    CHECK(text_of(*line) == text);
  }
  for (const std::string text : {"", "S", "S 1", "S 9 1", "S 1 2 3", "X 1", "X 1 ", "Q", "Q x", "E -1", "E 1 2", "T 1",
                                 "E 18446744073709551616", "SS 1 2"}) {
    CAPTURE(text);
    CHECK_FALSE(state_line_of(text));
  }
}

TEST_CASE("a header is read back whatever bytes names and values have") {
  CHECK(rc::check([] {
    const StateHeader header = random_header();
    const std::vector<std::string> lines = header.lines();
    for (const std::string& line : lines) RC_ASSERT(line.find('\n') == std::string::npos);
    const auto back = StateHeader::of_lines(lines);
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->lines() == lines);
    RC_ASSERT(back->difference(header).empty());
    RC_ASSERT(back->runner == header.runner);
    RC_ASSERT(back->plugins == header.plugins);
    for (size_t i = 0; i + 1 < lines.size(); ++i) {
      std::vector<std::string> less = lines;
      less.erase(less.begin() + static_cast<std::ptrdiff_t>(i));
      RC_ASSERT_FALSE(StateHeader::of_lines(less).has_value());
    }
  }));
}

TEST_CASE("what makes another run of it is named; times, sizes and more inputs do not") {
  const StateHeader before = some_header();
  StateHeader now = before;
  now.inputs[0].size = 11;
  now.inputs[0].changed_ns = 5;
  now.inputs.push_back({"more.jsonl", 1, 1});
  now.options.emplace_back("--post", "");
  CHECK(before.difference(now).empty());
  const auto differs = [&](auto change) {
    StateHeader other = some_header();
    change(other);
    return before.difference(other);
  };
  CHECK(differs([](StateHeader& h) { h.runner = "runnel 0.2.0"; }) ==
        "\"runnel 0.1.0\" wrote it and this is \"runnel 0.2.0\"");
  CHECK(differs([](StateHeader& h) { h.flow = "1"; }).starts_with("the flow is another one"));
  CHECK(differs([](StateHeader& h) { h.plugins[0].second = "12"; }) == "the plugin \"a.so\" is not the library it was");
  CHECK(differs([](StateHeader& h) { h.plugins.clear(); }) == "the plugins were a.so and are none");
  CHECK(differs([](StateHeader& h) { h.options[1].second = "6"; }) == "--head was \"5\" and is \"6\"");
  CHECK(differs([](StateHeader& h) { h.options.pop_back(); }) == "--head was \"5\" and is not given");
  CHECK(differs([](StateHeader& h) { h.inputs.pop_back(); }) == "the inputs were in.jsonl, - and are in.jsonl");
}

TEST_CASE("a state file cut anywhere is read up to its last whole line and gone on with") {
  const Folder folder;
  const std::string whole = written_state(folder, some_header(), 4);
  const size_t header_end = whole.find('\n', whole.find("begin")) + 1;
  for (size_t size = 0; size <= whole.size(); ++size) {
    CAPTURE(size);
    folder.with("s", whole.substr(0, size));
    StateFile state(folder.file("s"));
    REQUIRE_FALSE(state.open(false));
    REQUIRE_FALSE(state.read());
    CHECK(state.header().has_value() == (size >= header_end));
    if (!state.header()) continue;
    CHECK(state.header()->difference(some_header()).empty());
    REQUIRE_FALSE(state.go_on());
    REQUIRE(state.append(StateLine{}) == 0);
    const size_t kept = whole.rfind('\n', size - 1) + 1;
    REQUIRE(folder.text("s") == whole.substr(0, kept) + sealed("S 0 0"));
  }
}

TEST_CASE("a bit flipped before the last line of a state file is damage") {
  const Folder folder;
  const std::string whole = written_state(folder, some_header(), 4);
  const size_t last = whole.rfind('\n', whole.size() - 2);
  for (size_t at = 0; at < last; ++at) {
    CAPTURE(at);
    std::string text = whole;
    text[at] = static_cast<char>(text[at] ^ 1 << at % 8);
    folder.with("s", text);
    StateFile state(folder.file("s"));
    REQUIRE_FALSE(state.open(false));
    CHECK(state.read().exit_code == 65);
    CHECK(folder.text("s") == text);
  }
}

TEST_CASE("a state file is one run's at a time, and never a link or another's file") {
  const Folder folder;
  StateFile first(folder.file("s"));
  REQUIRE_FALSE(first.open(true));
  StateFile second(folder.file("s"));
  CHECK(second.open(true).exit_code == 75);
  REQUIRE(first.close() == 0);
  StateFile third(folder.file("s"));
  CHECK_FALSE(third.open(true));

  folder.with("letter", "Dear reader");
  StateFile letter(folder.file("letter"));
  REQUIRE_FALSE(letter.open(true));
  CHECK(letter.begin(some_header()).exit_code == 73);
  CHECK(folder.text("letter") == "Dear reader");

  std::filesystem::create_symlink(folder.file("letter"), folder.file("link"));
  StateFile link(folder.file("link"));
  CHECK(link.open(true).exit_code == 73);
  StateFile none(folder.file("none"));
  CHECK_FALSE(none.open(false));
  CHECK_FALSE(none.is_open());
}
