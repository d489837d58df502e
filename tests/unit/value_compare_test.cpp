#include <limits>

#include "catch.hpp"
#include "value/builder.hpp"
#include "value/hash.hpp"
#include "value/reader.hpp"

using namespace runnel::core;

namespace {

bool same(const std::string& a, const std::string& b) {
  Reader reader;
  Arena arena;
  Value left, right;
  REQUIRE(reader.read(a, arena, left));
  REQUIRE(reader.read(b, arena, right));
  REQUIRE(equal(left, right) == equal(right, left));
  return equal(left, right);
}

Value number(std::string_view text) {
  Value v = string_view_value(text);
  v.kind = RUNNEL_NUMBER;
  return v;
}

}  // namespace

TEST_CASE("numbers are equal by value") {
  CHECK(same("1", "1.0"));
  CHECK(same("100", "1e2"));
  CHECK(same("-0", "0"));
  CHECK(same("-0.0", "0"));
  CHECK(same("0.5", "5e-1"));
  CHECK(same("12345678901234567890", "12345678901234567890"));
  CHECK_FALSE(same("12345678901234567890", "12345678901234567891"));
  CHECK_FALSE(same("9223372036854775807", "9223372036854775808"));
  CHECK(same("9223372036854775807", "9223372036854775807"));
  CHECK_FALSE(same("9007199254740993", "9007199254740992.0"));
  CHECK(same("9007199254740992", "9007199254740992.0"));
  CHECK(same("1e400", "1e400"));
  CHECK_FALSE(same("1e400", "2e400"));
  CHECK_FALSE(same("1", "1.5"));
  CHECK_FALSE(same("1", "\"1\""));
  CHECK_FALSE(same("1", "true"));
  CHECK(equal(make_double(2), make_int(2)));
  CHECK_FALSE(equal(make_double(1e300), make_int(std::numeric_limits<int64_t>::max())));
}

TEST_CASE("strings are equal decoded, objects in any order, arrays in theirs") {
  CHECK(same(R"("\u0061\n")", R"("a\u000a")"));
  CHECK_FALSE(same(R"("a")", R"("b")"));
  CHECK(same(R"({"a":1,"b":[2]})", R"({"b":[2.0],"a":1})"));
  CHECK(same(R"({"\u0061":1})", R"({"a":1})"));
  CHECK_FALSE(same(R"({"a":1})", R"({"a":1,"b":2})"));
  CHECK_FALSE(same(R"({"a":1,"c":2})", R"({"a":1,"b":2})"));
  CHECK_FALSE(same("[1,2]", "[2,1]"));
  CHECK_FALSE(same("[]", "{}"));
  CHECK_FALSE(same("null", "false"));
}

TEST_CASE("a member that holds nothing is not one that is not there") {
  Arena arena;
  const Member a{literal("a"), missing()};
  const Member b{literal("b"), missing()};
  CHECK_FALSE(equal(make_object(arena, {&a, 1}), make_object(arena, {&b, 1})));
  CHECK(equal(make_object(arena, {&a, 1}), make_object(arena, {&a, 1})));
}

TEST_CASE("an int64 is read exactly or not at all") {
  CHECK(to_int(number("9223372036854775807")) == std::numeric_limits<int64_t>::max());
  CHECK(to_int(number("-9223372036854775808")) == std::numeric_limits<int64_t>::min());
  CHECK_FALSE(to_int(number("9223372036854775808")));
  CHECK(to_int(number("-0")) == 0);
  CHECK_FALSE(to_int(number("1.0")));
  CHECK_FALSE(to_int(number("1e2")));
  CHECK_FALSE(to_int(make_double(1)));
  CHECK_FALSE(to_int(literal("1")));
}

TEST_CASE("a double is the nearest one, and none for what overflows") {
  CHECK(to_double(number("0.1")) == 0.1);
  CHECK(to_double(number("12345678901234567890")) == 12345678901234567890.0);
  CHECK(to_double(number("1e-400")) == 0.0);
  CHECK(std::signbit(*to_double(number("-1e-99999999999999999999"))));
  CHECK(to_double(number("0.000" + std::string(400, '0') + "1e10")) == 0.0);
  CHECK(to_double(number("5e-324")) == 5e-324);
  CHECK_FALSE(to_double(number("1e400")));
  CHECK_FALSE(to_double(number("-1e99999999999999999999")));
  CHECK_FALSE(to_double(number("1" + std::string(400, '0') + "e-5")));
  CHECK(to_double(number("0e99999999999")) == 0.0);
  CHECK_FALSE(to_double(null_value()));
}

TEST_CASE("kinds have the words of messages") {
  CHECK(kind_name(missing()) == "nothing");
  CHECK(kind_name(make_bool(true)) == "boolean");
  CHECK(kind_name(number("1")) == "number");
  CHECK(kind_name(literal("")) == "string");
}

TEST_CASE("the content hash is XXH3 and does not care about pieces") {
  CHECK(content_hash("") == 0x2d06800538d394c2u);
  const std::string text(1000, 'x');
  ContentHash hash;
  for (size_t at = 0; at < text.size(); at += 77) hash.add(std::string_view(text).substr(at, 77));
  CHECK(hash.finish() == content_hash(text));
  CHECK(table_hash("a") == table_hash("a"));
  CHECK(table_hash("a") != table_hash("b"));
}
