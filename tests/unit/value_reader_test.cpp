#include "catch.hpp"
#include "value/reader.hpp"
#include "value/writer.hpp"

using namespace runnel::core;
using namespace std::string_literals;

namespace {

struct Fixture {
  Reader reader;
  Arena arena;
  Value value;

  std::string text;  // the value points into it

  bool read(std::string_view json) {
    arena.reset();
    text = json;
    return reader.read(text, arena, value);
  }
  ReadError error(std::string_view json) { return read(json) ? ReadError::none : reader.problem().error; }
};

std::string nested(size_t depth, char open = '[', char close = ']') {
  return std::string(depth, open) + std::string(depth, close);
}

}  // namespace

TEST_CASE_METHOD(Fixture, "scalars stand alone") {
  REQUIRE(read(" \"a\\n\" "));
  CHECK(to_std_string(value) == "a\n");
  REQUIRE(read("\"\""));
  CHECK((value.kind == RUNNEL_STRING && value.size == 0));
  REQUIRE(read("12"));
  CHECK((value.kind == RUNNEL_INT && value.as.integer == 12));
  REQUIRE(read("-0"));
  CHECK(to_json(value) == "-0");
  REQUIRE(read("true"));
  CHECK((value.kind == RUNNEL_BOOL && value.as.integer == 1));
  REQUIRE(read("\tnull\n"));
  CHECK(value.kind == RUNNEL_NULL);
  CHECK(error("nul") == ReadError::syntax);
  CHECK(error("1 2") == ReadError::syntax);
  CHECK(error("\"a") == ReadError::syntax);
  CHECK(error("\xef\xbb\xbf{}") == ReadError::syntax);  // a byte order mark is the source's business
}

TEST_CASE_METHOD(Fixture, "numbers keep their text") {
  for (const std::string number :
       {"0", "-0", "1", "-1", "1.0", "-0.0", "1e400", "-1E+400", "1e-400", "0.1e1", "123456789012345678",
        "1234567890123456789", "-9223372036854775808", "12345678901234567890", "123456789012345678901234567890",
        "3.14159265358979323846264338"}) {
    CAPTURE(number);
    REQUIRE(read("[" + number + "]"));
    WriteOptions rewrite;
    rewrite.splice = false;
    CHECK(to_json(value, rewrite) == "[" + number + "]");
    REQUIRE(read(number));
    CHECK(to_json(value) == number);
  }
}

TEST_CASE_METHOD(Fixture, "what is no number is refused") {
  for (const std::string number :
       {"01",    "-01", "00",  "-",        "+1",        ".5", "1.",     "1.e3", "1e",    "1e+", "1.5.5", "0x10",
        "1_000", "- 1", "NaN", "Infinity", "-Infinity", "1a", "1\"a\"", "--1",  "1e5.5", "0e",  "1-1"}) {
    CAPTURE(number);
    CHECK(error("[" + number + "]") == ReadError::syntax);
    CHECK(error(number) == ReadError::syntax);
    CHECK(error("{\"a\":" + number + "}") == ReadError::syntax);
  }
}

TEST_CASE_METHOD(Fixture, "two spellings of one key are a duplicate") {
  CHECK(error(R"({"a":1,"a":2})") == ReadError::duplicate_key);
  CHECK(error(R"({"a":1,"\u0061":2})") == ReadError::duplicate_key);
  CHECK(error(R"({"\u0061":1,"a":2})") == ReadError::duplicate_key);
  CHECK(error(R"({"":1,"":2})") == ReadError::duplicate_key);
  CHECK(error(R"([{"x":{"a":1,"b":{},"a":2}}])") == ReadError::duplicate_key);
  CHECK(read(R"([{"a":{"a":{"a":1}}},{"a":2}])"));
  CHECK(read(R"({"a":1,"A":2,"a ":3,"":4,"aa":5})"));
}

TEST_CASE_METHOD(Fixture, "keys are decoded, and found among few and many") {
  for (const size_t count : {1u, 2u, 15u, 16u, 17u, 18u, 64u, 1000u}) {
    std::string json = "{";
    for (size_t i = 0; i < count; ++i)
      json += (i ? ",\"k\\u00e4" : "\"k\\u00e4") + std::to_string(i) + "\":" + std::to_string(i);
    CAPTURE(count);
    REQUIRE(read(json + "}"));
    for (size_t i = 0; i < count; ++i) {
      REQUIRE(get(value, "kä" + std::to_string(i)).as.integer == static_cast<int64_t>(i));
    }
    CHECK(is_missing(get(value, "kä")));
    CHECK(is_missing(get(value, "kä" + std::to_string(count))));
    for (const size_t twice : {size_t{0}, count / 2, count - 1}) {
      const std::string more = json + ",\"kä" + std::to_string(twice) + "\":0}";
      CHECK(error(more) == ReadError::duplicate_key);
      CHECK(reader.problem().offset == more.rfind("\"kä"));
    }
  }
}

TEST_CASE_METHOD(Fixture, "an object of a million keys is read and searched in no time") {
  // Quadratic work would be 5 * 10^11 comparisons here: the test would not end.
  std::string json = "{\"key-0\":0";
  for (int i = 1; i < 1'000'000; ++i) json += ",\"key-" + std::to_string(i) + "\":0";
  REQUIRE(read(json + "}"));
  CHECK(value.size == 1'000'000);
  CHECK(equal(value, value));
  CHECK(error(json + ",\"key-999999\":1}") == ReadError::duplicate_key);
}

TEST_CASE_METHOD(Fixture, "256 levels are read, 257 are not") {
  REQUIRE(read(nested(256)));
  CHECK(height_of(value) == 256);
  CHECK(error(nested(257)) == ReadError::too_deep);
  CHECK(reader.problem().offset == 256);
  std::string objects;
  for (int i = 0; i < 256; ++i) objects += "{\"a\":";
  CHECK(read(objects + "1" + std::string(256, '}')));
  CHECK(error("[" + objects + "1" + std::string(256, '}') + "]") == ReadError::too_deep);
  CHECK(error(std::string(1'000'000, '[')) == ReadError::too_deep);
  CHECK(error(nested(1'000'000)) == ReadError::too_deep);
}

TEST_CASE_METHOD(Fixture, "a node knows its height") {
  REQUIRE(read(R"([1,[],{"a":[[],2]},3])"));
  CHECK(height_of(value) == 4);
  CHECK(height_of(items_of(value)[0]) == 0);
  CHECK(height_of(items_of(value)[1]) == 1);
  CHECK(height_of(items_of(value)[2]) == 3);
}

TEST_CASE_METHOD(Fixture, "strings say what they need to be written") {
  REQUIRE(read(R"(["plain","a\tb"])"));
  CHECK(items_of(value)[0].flags & kPlainText);
  CHECK(items_of(value)[1].flags == RUNNEL_ESCAPED);
  REQUIRE(read(R"(["plain"])"));
  CHECK(items_of(value)[0].flags & RUNNEL_CLEAN);
  REQUIRE(read(R"(["plän"])"));
  CHECK_FALSE(items_of(value)[0].flags & RUNNEL_CLEAN);
  REQUIRE(read(R"({"a\tb":0})"));
  CHECK(raw_text(members_of(value)[0].key) == "a\tb");
  CHECK(to_json(value, {false, false}) == R"({"a\tb":0})");
}

TEST_CASE_METHOD(Fixture, "memory over the limit is an error, not a crash") {
  std::string json = "[";
  for (int i = 0; i < 10'000; ++i) json += "[1],";
  json += "0]";
  arena.set_limit(100'000);
  CHECK(error(json) == ReadError::memory);
  CHECK(code_of(reader.problem().error) == "limit.memory");
  arena.set_limit(SIZE_MAX);
  CHECK(read(json));
  const std::string long_line = "[\"" + std::string(16 << 20, 'x') + "\"]";
  REQUIRE(read(long_line));
  CHECK(items_of(value)[0].size == 16u << 20);
  CHECK(read("[1]"));
}

TEST_CASE_METHOD(Fixture, "mistakes have codes") {
  CHECK(code_of(error("[1")) == "input.syntax");
  CHECK(code_of(error("[\"\xff\"]")) == "input.utf8");
  CHECK(code_of(error(R"(["\ud800"])")) == "input.surrogate");
  CHECK(code_of(error(R"({"a":1,"a":1})")) == "input.duplicate_key");
  CHECK(code_of(error(nested(300))) == "input.too_deep");
  CHECK(code_of(error("")) == "input.syntax");
}
