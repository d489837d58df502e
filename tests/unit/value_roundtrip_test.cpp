#include <rapidcheck.h>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "value/builder.hpp"
#include "value/json.hpp"
#include "value/reader.hpp"
#include "value/writer.hpp"
#include "value_random_json.hpp"

using namespace runnel::core;
using Json = nlohmann::ordered_json;

namespace {

// The value and an own, exact copy of its text on the heap: a sanitizer sees a byte read past its end.
struct Read {
  std::unique_ptr<char[]> text;
  std::string_view view;
  Arena arena;
  Value value;
  bool ok;

  Read(Reader& reader, const std::string& json) : text(new char[json.size()]), view(text.get(), json.size()) {
    std::memcpy(text.get(), json.data(), json.size());
    ok = reader.read(view, arena, value);
  }
};

// Numbers compare as texts: what the reader kept, against what the generator wrote.
std::string without_space(const std::string& json) {
  std::string result;
  bool in_string = false;
  for (size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (c == '"') in_string = !in_string;
    if (in_string || !std::strchr(" \t\r\n", c)) result += c;
    if (in_string && c == '\\') result += json[++at];
  }
  return result;
}

}  // namespace

TEST_CASE("what was read is written back byte for byte, but for white space") {
  Reader reader;
  CHECK(rc::check([&](uint64_t seed) {
    // Keys are decoded when read, so that an escape more than needed is not kept in them.
    const std::string json = RandomJson(seed, true, false).value();
    RC_LOG() << json << "\n";
    const Read read(reader, json);
    RC_ASSERT(read.ok);
    WriteOptions rewrite;
    rewrite.splice = false;
    RC_ASSERT(to_json(read.value, rewrite) == without_space(json));
    if (json.find_first_of("\t\r\n") != std::string::npos) RC_ASSERT(to_json(read.value) == without_space(json));
  }));
}

TEST_CASE("without line breaks a spliced subtree is the text itself") {
  Reader reader;
  const Read read(reader, "  { \"a\" : [ 1 , 2.0 ] }  ");
  REQUIRE(read.ok);
  CHECK(to_json(read.value) == "{ \"a\" : [ 1 , 2.0 ] }");
  CHECK(to_json(get(read.value, "a")) == "[ 1 , 2.0 ]");
  const Read pretty(reader, "{\n\"a\" : [ 1 , 2.0 ]\n}");
  REQUIRE(pretty.ok);
  CHECK(to_json(pretty.value) == "{\"a\":[1,2.0]}");
}

TEST_CASE("a record stays one line whatever its input looked like") {
  Reader reader;
  CHECK(rc::check([&](uint64_t seed) {
    const Read read(reader, RandomJson(seed).value());
    RC_ASSERT(read.ok);
    RC_ASSERT(to_json(read.value).find_first_of("\r\n") == std::string::npos);
  }));
}

TEST_CASE("the tree holds what nlohmann::json reads") {
  Reader reader;
  CHECK(rc::check([&](uint64_t seed) {
    const std::string json = RandomJson(seed).value();
    RC_LOG() << json << "\n";
    const Read read(reader, json);
    RC_ASSERT(read.ok);
    const Json expected = Json::parse(json);
    RC_ASSERT(to_nlohmann(read.value) == expected);
    RC_ASSERT(Json::parse(to_json(read.value)) == expected);
    WriteOptions ascii;
    ascii.ascii = true;
    const std::string as_ascii = to_json(read.value, ascii);
    RC_ASSERT(std::all_of(as_ascii.begin(), as_ascii.end(), [](char c) { return c >= 0x20; }));
    RC_ASSERT(Json::parse(as_ascii) == expected);
    RC_ASSERT(Json::parse(to_pretty_json(to_json(read.value))) == expected);
  }));
}

TEST_CASE("a tree made from nlohmann::json is equal to the one that was read") {
  Reader reader;
  CHECK(rc::check([&](uint64_t seed) {
    const std::string json = RandomJson(seed).value();
    RC_LOG() << json << "\n";
    const Read read(reader, json);
    RC_ASSERT(read.ok);
    Arena arena;
    const Json expected = Json::parse(json);
    const Value made = from_nlohmann(arena, expected);
    RC_ASSERT(to_nlohmann(made) == expected);
    RC_ASSERT(height_of(made) == height_of(read.value));
    RC_ASSERT(Json::parse(to_json(made)) == expected);
  }));
}

TEST_CASE("a deep copy lives on its own and writes the same") {
  Reader reader;
  CHECK(rc::check([&](uint64_t seed) {
    const std::string json = RandomJson(seed).value();
    Arena arena;
    Value copy;
    std::string expected, spliced;
    WriteOptions rewrite;
    rewrite.splice = false;
    {
      const Read read(reader, json);
      RC_ASSERT(read.ok);
      expected = to_json(read.value, rewrite);
      spliced = to_json(read.value);
      copy = deep_copy(arena, read.value);
      RC_ASSERT(equal(copy, read.value));
      std::memset(read.text.get(), '!', json.size());
    }
    RC_ASSERT(to_json(copy, rewrite) == expected);
    RC_ASSERT(to_json(copy) == spliced);
  }));
}
