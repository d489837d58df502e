#include <rapidcheck.h>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "value/builder.hpp"
#include "value/writer.hpp"

using namespace runnel::core;
using namespace std::string_literals;

namespace {

std::string written(double number) {
  char text[32];
  return {text, write_double(text, number)};
}

std::string json_of(std::string_view text, bool ascii = false) {
  return to_json(string_view_value(text), WriteOptions{true, ascii});
}

}  // namespace

TEST_CASE("doubles are written short and stay doubles") {
  CHECK(written(0) == "0.0");
  CHECK(written(-0.0) == "-0.0");
  CHECK(written(1) == "1.0");
  CHECK(written(100000) == "100000.0");
  CHECK(written(-123456789012345) == "-123456789012345.0");
  CHECK(written(0.1) == "0.1");
  CHECK(written(1e22) == "1e+22");
  CHECK(written(1.5e300) == "1.5e+300");
  CHECK(written(5e-324) == "5e-324");
  CHECK(written(-1.7976931348623157e308) == "-1.7976931348623157e+308");
  CHECK(written(std::numeric_limits<double>::infinity()) == "null");
  CHECK(written(std::nan("")) == "null");
  CHECK(rc::check("every double reads back as itself, from at most 32 bytes", [](uint64_t bits) {
    double number;
    std::memcpy(&number, &bits, sizeof number);
    RC_PRE(std::isfinite(number));
    const std::string text = written(number);
    RC_ASSERT(text.size() <= 32);
    RC_ASSERT(std::strtod(text.c_str(), nullptr) == number);
    RC_ASSERT(text.find_first_of(".e") != std::string::npos);
    RC_ASSERT(nlohmann::json::parse(text).is_number_float());
  }));
}

TEST_CASE("integers are written whole") {
  char text[20];
  CHECK(std::string(text, write_int(text, std::numeric_limits<int64_t>::min())) == "-9223372036854775808");
  CHECK(std::string(text, write_int(text, 0)) == "0");
}

TEST_CASE("what JSON cannot hold bare is escaped") {
  CHECK(json_of("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(json_of("\b\f\n\r\t\x01\x1f\x7f\0"s) == "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\\u0000\"");
  CHECK(json_of("ä李😀") == "\"ä李😀\"");
  CHECK(json_of("ä李😀\n", true) == R"("\u00e4\u674e\ud83d\ude00\n")");
  CHECK(to_json(string_view_value("\\u00e4\\n😀", RUNNEL_ESCAPED)) == "\"\\u00e4\\n😀\"");
  CHECK(to_json(string_view_value("\\u00e4\\n😀", RUNNEL_ESCAPED), WriteOptions{true, true}) ==
        R"("\u00e4\n\ud83d\ude00")");
}

TEST_CASE("any text is written as nlohmann::json reads it") {
  CHECK(rc::check([](const std::vector<uint32_t>& numbers) {
    std::string text;
    for (const uint32_t number : numbers) {
      static const char* const pieces[] = {"a", "\"", "\\", "\n", "ä", "😀", "long plain text", "\x01"};
      for (uint32_t i = 0; i <= number % 700; i += 100) text += pieces[number % 8];
    }
    const std::string expected = nlohmann::json(text).dump();
    RC_ASSERT(nlohmann::json::parse(json_of(text)) == text);
    RC_ASSERT(json_of(text) == expected);
    RC_ASSERT(json_of(text, true) == nlohmann::json(text).dump(-1, ' ', true));
  }));
}

TEST_CASE("a text of many pieces is escaped whole") {
  std::string text, expected = "\"";
  for (int i = 0; i < 5000; ++i) {
    text += "ä\n";
    expected += "ä\\n";
  }
  CHECK(json_of(text) == expected + "\"");
  CHECK(json_of(text, true).size() == 2 + 5000 * 8);
}

TEST_CASE("values made are written compactly, missing ones as null") {
  Arena arena;
  const Value items[] = {missing(),        null_value(), make_bool(true),       make_int(-5),
                         make_double(0.5), literal("x"), make_array(arena, {}), make_object(arena, {})};
  const Member member{literal("a"), make_array(arena, items)};
  CHECK(to_json(make_object(arena, {&member, 1})) == R"({"a":[null,null,true,-5,0.5,"x",[],{}]})");
}

TEST_CASE("a small buffer grows under the cursor") {
  OutBuffer out(1);
  out.append("before ");
  Arena arena;
  std::vector<Value> items(1000, literal("0123456789"));
  out.set_end(write_value(out, out.end(), make_array(arena, items)));
  CHECK(out.size() == 7 + 2 + 999 + 12'000);
  CHECK(out.view().starts_with("before [\"0123456789\","));
  out.clear();
  out.release_above(100);
  CHECK(out.size() == 0);
  out.append(std::string(200, 'x'));
  CHECK(out.view() == std::string(200, 'x'));
}

TEST_CASE("pretty JSON is indented by two") {
  CHECK(to_pretty_json(R"({"a":[1,{"b":"x{,\"}"}],"c":[],"d":{ }})") ==
        "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x{,\\\"}\"\n    }\n  ],\n  \"c\": [],\n  \"d\": {}\n}");
  CHECK(to_pretty_json("1.50") == "1.50");
}
