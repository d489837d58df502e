#include <cmath>

#include "catch.hpp"
#include "config/scalar.hpp"

using namespace runnel::core;

TEST_CASE("plain scalars follow the core schema of YAML 1.2") {
  for (const char* text : {"", "~", "null", "Null", "NULL"}) CHECK(read_scalar(text).type == ScalarType::null);
  for (const char* text : {"true", "True", "TRUE"}) CHECK(read_scalar(text).boolean);
  for (const char* text : {"false", "False", "FALSE"}) CHECK(read_scalar(text).type == ScalarType::boolean);
  for (const char* text : {"yes",  "no", "on", "off", "y", "tRUE", "nULL",  "1_000", "1:30", "0x",  "0xg", "0o8",
                           "-0x1", "1e", "e1", ".",   "-", "+",    "1.2.3", "0b1",   "nan",  "inf", "1 2"}) {
    INFO(text);
    CHECK(read_scalar(text).type == ScalarType::text);
  }
}

TEST_CASE("integers are decimal, hexadecimal or 0o octal") {
  CHECK(read_scalar("12").integer == 12);
  CHECK(read_scalar("-12").integer == -12);
  CHECK(read_scalar("+12").integer == 12);
  CHECK(read_scalar("010").integer == 10);
  CHECK(read_scalar("0x1F").integer == 31);
  CHECK(read_scalar("0o17").integer == 15);
  CHECK(read_scalar("9223372036854775807").integer == INT64_MAX);
  CHECK(read_scalar("-9223372036854775808").integer == INT64_MIN);
  CHECK(read_scalar("12.0").integer == std::nullopt);
}

TEST_CASE("numbers beyond int64 keep their text as JSON") {
  const Scalar big = read_scalar("+0098765432109876543210");
  CHECK(big.type == ScalarType::integer);
  CHECK_FALSE(big.integer);
  CHECK(big.json == "98765432109876543210");
  CHECK(read_scalar("1e400").json == "1e400");
  CHECK(std::isinf(read_scalar("1e400").number));
  CHECK(read_scalar("1e-400").number == 0);
}

TEST_CASE("floats of YAML become JSON where JSON has them") {
  CHECK(read_scalar(".5").json == "0.5");
  CHECK(read_scalar("-.5").json == "-0.5");
  CHECK(read_scalar("5.").json == "5");
  CHECK(read_scalar("5.").type == ScalarType::number);
  CHECK(read_scalar("1.50e+3").number == 1500);
  CHECK(read_scalar(".inf").json.empty());
  CHECK(read_scalar("-.INF").number < 0);
  CHECK(std::isnan(read_scalar(".nan").number));
}

TEST_CASE("durations are seconds or carry a unit") {
  CHECK(read_duration("5") == 5);
  CHECK(read_duration("0.25") == 0.25);
  CHECK(read_duration("250ms") == 0.25);
  CHECK(read_duration("5s") == 5);
  CHECK(read_duration("1.5m") == 90);
  CHECK(read_duration("2h") == 7200);
  for (const char* text : {"", "-1", "s", "5 s", "5d", "1e999", "5sm", "soon", "0x10"}) {
    INFO(text);
    CHECK_FALSE(read_duration(text));
  }
}

TEST_CASE("sizes are bytes or carry a binary unit") {
  CHECK(read_size("4096") == 4096);
  CHECK(read_size("64KiB") == 65536);
  CHECK(read_size("16MiB") == 16u << 20);
  CHECK(read_size("2GiB") == uint64_t{2} << 30);
  for (const char* text : {"", "KiB", "1.5MiB", "-1", "16MB", "1 MiB", "99999999999999999999", "9999999999999GiB"}) {
    INFO(text);
    CHECK_FALSE(read_size(text));
  }
}
