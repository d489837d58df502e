#include <rapidcheck.h>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "value/reader.hpp"
#include "value_random_json.hpp"

using namespace runnel::core;
using namespace std::string_literals;

namespace {

struct Case {
  std::string text;
  size_t offset;
  std::string message;
};

}  // namespace

TEST_CASE("the first mistake is told with its place") {
  const Case cases[] = {
      {"", 0, "unexpected end: expected a value"},
      {"  ", 2, "unexpected end: expected a value"},
      {"[1", 2, "unexpected end: expected ',' or ']'"},
      {"{\"a\":1", 6, "unexpected end: expected ',' or '}'"},
      {"{\"a\":1]", 6, "expected ',' or '}'"},
      {"[1 2]", 3, "expected ',' or ']'"},
      {"[1}", 2, "expected ',' or ']'"},
      {"[,1]", 1, "expected a value or ']'"},
      {"[1,]", 3, "expected a value"},
      {"{,}", 1, "expected a key or '}'"},
      {"{\"a\":1,}", 7, "expected a key"},
      {"{a:1}", 1, "expected a key or '}'"},
      {"{\"a\" 1}", 5, "expected ':'"},
      {"{\"a\":}", 5, "expected a value"},
      {"[1]]", 3, "expected nothing after the value"},
      {"{} {}", 3, "expected nothing after the value"},
      {"[tru]", 1, "unknown word tru"},
      {"[truex]", 1, "unknown word truex"},
      {"[NaN]", 1, "unknown word NaN"},
      {"[01]", 1, "leading zero"},
      {"[-01]", 2, "leading zero"},
      {"[1.]", 3, "expected a digit"},
      {"[-]", 2, "expected a digit"},
      {"[1e]", 3, "expected a digit"},
      {"[\"a\x01\"]", 3, "control byte 0x01 in a string"},
      {"[\"a\nb\"]", 3, "control byte 0x0a in a string"},
      {"[\"a\0b\"]"s, 3, "control byte 0x00 in a string"},
      {"[\"abc", 5, "unexpected end: a string is not closed"},
      {"[\"a\\", 3, "unknown escape"},
      {"[\"\\q\"]", 2, "unknown escape \\q"},
      {"[\"\\u12g4\"]", 2, "expected four hex digits after \\u"},
      {"[\"\\ud800\"]", 2, "lone surrogate \\ud800"},
      {"[\"\\ud800\\n\"]", 2, "lone surrogate \\ud800"},
      {"[\"\\uD83D\\u0041\"]", 2, "lone surrogate \\uD83D"},
      {"[\"x\\udc00\"]", 3, "lone surrogate \\udc00"},
      {"{\"a\":1, \"\\u0061\":2}", 8, "duplicate key \"a\""},
      {"[\"\xff\"]", 2, "bad UTF-8 byte 0xff"},
      {"[\"\xc3\"]", 2, "bad UTF-8 byte 0xc3"},
      {"[\xff]", 1, "bad UTF-8 byte 0xff"},
      {"[\xc3\xa4]", 1, "expected a value or ']'"},
      {"[1,\0]"s, 3, "expected a value"},
      {"\xef\xbb\xbf{}", 0, "expected a value"},
      {"[1 \x0c,2]", 3, "expected ',' or ']'"},
      {"['a']", 1, "expected a value or ']'"},
      {"[/**/]", 1, "expected a value or ']'"},
  };
  Reader reader;
  for (const Case& one : cases) {
    CAPTURE(one.text);
    Arena arena;
    Value value;
    REQUIRE_FALSE(reader.read(one.text, arena, value));
    CHECK(is_missing(value));
    CHECK(reader.problem().message == one.message);
    CHECK(reader.problem().offset == one.offset);
  }
}

TEST_CASE("a long key is cut in the message") {
  const std::string key(5000, 'k');
  const ReadProblem problem = find_problem("{\"" + key + "\":1,\"" + key + "\":2}");
  CHECK(problem.message == "duplicate key \"" + key.substr(0, 100) + "...\"");
}

namespace {

std::string mutated(RandomJson& random, std::string json) {
  static const std::string bytes =
      "{}[],:\"\\0123456789.-+eEtrufalsn \t\n\r\x01\x0c\x1a\x7f\x80\xc3\xe2\xed\xf0\xff/abu'"s + '\0';
  for (uint64_t changes = 1 + random.pick(3); changes > 0 && !json.empty(); --changes) {
    const size_t at = random.pick(json.size());
    const char byte = bytes[random.pick(bytes.size())];
    switch (random.pick(5)) {
      case 0:
        json[at] = byte;
        break;
      case 1:
        json.insert(at, 1, byte);
        break;
      case 2:
        json.erase(at, 1 + random.pick(3));
        break;
      case 3:
        json.insert(at, json.substr(random.pick(json.size()), 1 + random.pick(12)));
        break;
      default:
        json.resize(at);
    }
  }
  return json;
}

bool has_number_beyond_double(Value v) {
  if (is_number(v)) return !to_double(v);
  if (!is_container(v)) return false;
  const auto* values = reinterpret_cast<const Value*>(node_of(v) + 1);
  const size_t count = v.kind == RUNNEL_OBJECT ? size_t{2} * v.size : v.size;
  return std::any_of(values, values + count, has_number_beyond_double);
}

}  // namespace

TEST_CASE("the fast and the careful way agree on damaged texts, and nlohmann::json with both") {
  Reader reader;
  size_t refused = 0, accepted = 0;
  CHECK(rc::check([&](uint64_t seed) {
    for (uint64_t round = 0; round < 50; ++round) {
      RandomJson random(seed * 50 + round, false);
      const std::string json = mutated(random, random.value(3));
      RC_LOG() << "round " << round << ": " << json << "\n";
      const std::unique_ptr<char[]> exact(new char[json.size()]);  // so that a sanitizer sees a byte too many
      std::memcpy(exact.get(), json.data(), json.size());
      Arena arena;
      Value value;
      const bool fast = reader.read({exact.get(), json.size()}, arena, value);
      const ReadProblem problem = find_problem(json);
      RC_ASSERT(fast == (problem.error == ReadError::none));
      if (!fast) RC_ASSERT(reader.problem().message == problem.message);
      ++(fast ? accepted : refused);
      if (json.find('\0') != std::string::npos) continue;  // which nlohmann::json takes for the end of the text
      const bool other = nlohmann::json::accept(json);
      if (fast) {
        RC_ASSERT(other || has_number_beyond_double(value));
      } else {
        RC_ASSERT(!other || problem.error == ReadError::duplicate_key || problem.error == ReadError::too_deep);
      }
    }
  }));
  CHECK(refused > accepted / 10);
  CHECK(accepted > refused / 50);
}
