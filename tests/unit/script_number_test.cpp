#include <rapidcheck.h>

#include "script_fixture.hpp"

using namespace runnel::core;

TEST_CASE("a number passed on keeps its text") {
  ScriptFixture f;
  for (const char* text : {"0",
                           "-1",
                           "9223372036854775807",
                           "-9223372036854775808",
                           "9223372036854775808",
                           "12345678901234567890",
                           "-12345678901234567890",
                           "1.0",
                           "1.10",
                           "0.1000",
                           "1e2",
                           "1E2",
                           "1e+2",
                           "1e400",
                           "-1e400",
                           "1e-400",
                           "12.5",
                           "-0",
                           "-0.0",
                           "0.0",
                           "0.00",
                           "100000.0",
                           "1e15",
                           "0.0001",
                           "0.001",
                           "123456789012345.5",
                           "1234567890123456789.25",
                           "0.12345678901234567890",
                           "5e-324",
                           "1.7976931348623157e308",
                           "3.141592653589793",
                           "100.00",
                           "99999999999999.9"}) {
    f.data("{\"x\":" + std::string(text) + "}");
    CHECK(f.emitted("data.x") == text);
    CHECK(f.emitted("{v = data.x}") == "{\"v\":" + std::string(text) + "}");
    CHECK(f.emitted("data") == "{\"x\":" + std::string(text) + "}");
  }
}

TEST_CASE("any decimal passed on alone keeps its text") {
  CHECK(rc::check([](int32_t whole, uint16_t fraction, uint8_t zeros) {
    ScriptFixture f;
    const std::string text = std::to_string(whole) + "." + std::string(zeros % 5, '0') + std::to_string(fraction);
    f.data("[" + text + "]");
    RC_ASSERT(f.emitted("data[1]") == text);
  }));
}

TEST_CASE("numbers compute as Lua has it") {
  ScriptFixture f;
  f.data(R"({"i":7,"f":19.90,"e":1e2,"z":1.0,"big":12345678901234567890,"huge":1e400,"low":-1e400})");
  CHECK(f.expression("math.type(data.i)") == "\"integer\"");
  CHECK(f.expression("math.type(data.z)") == "\"float\"");
  CHECK(f.expression("data.f == 19.9 and data.e == 100 and data.z == 1") == "true");
  CHECK(f.expression("data.i // 2") == "3");
  CHECK(f.expression("math.floor(data.f)") == "19");
  CHECK(f.expression("data.f * 2") == "39.8");
  CHECK(f.expression("data.big > 1e19 and data.big < data.huge and 5 <= data.big") == "true");
  CHECK(f.expression("data.low < 0 and data.huge > math.maxinteger") == "true");
  CHECK(f.expression("data.big / 10 == 1234567890123456789.0") == "true");
  CHECK(f.expression("-data.big < 0") == "true");
  CHECK(f.expression("data.big + 0 == 12345678901234567890") == "true");
  CHECK(f.expression("tonumber(data.big) == 1.2345678901234567e19") == "true");
  CHECK(f.expression("data.big == data.big and data.big ~= data.huge") == "true");
  CHECK(f.expression("'n' .. data.big") == "\"n12345678901234567890\"");
  CHECK(f.expression("type(data.big)") == "\"number\"");
  CHECK(f.expression("tostring(data.huge)") == "\"1e400\"");
  CHECK(f.expression("string.format('%.1f %s', data.big, data.big)") ==
        "\"12345678901234567168.0 12345678901234567890\"");
  CHECK(f.expression("data.big > data.none") == "false");
  CHECK(f.expression("data.huge + 1") == "script.error: infinity is no JSON value (flow.yaml:10:7)");
}

TEST_CASE("two large integers that one double would stand for stay apart") {
  ScriptFixture f;
  f.data("[12345678901234567890,12345678901234567891]");
  CHECK(f.emitted("{data[1], data[2]}") == "[12345678901234567890,12345678901234567891]");
  CHECK(f.expression("data[1] == data[2]") == "false");
}

TEST_CASE("a computed float is written as a float") {
  ScriptFixture f;
  CHECK(f.emitted("10 / 2") == "5.0");
  CHECK(f.emitted("2^53") == "9007199254740992.0");
  CHECK(f.emitted("0.1") == "0.1");
  CHECK(f.emitted("1e300") == "1e+300");
  CHECK(f.emitted("3 | 0") == "3");
}

TEST_CASE("a spelling is forgotten with its run") {
  ScriptFixture f;
  f.compile({{ExpressionKind::lua_script, "emit('e', {data.x})"}, {ExpressionKind::lua_script, "emit('e', {1.5})"}});
  f.data(R"({"x":1.50})");
  f.renew();
  Value value{};
  REQUIRE(f.engine->evaluate(0, f.context, value));
  REQUIRE(f.engine->evaluate(1, f.context, value));
  CHECK(to_json(f.emissions[0].item) == "[1.50]");
  CHECK(to_json(f.emissions[1].item) == "[1.5]");
}

TEST_CASE("a number read in two spellings is written in one of them") {
  ScriptFixture f;
  f.data(R"({"a":1.50,"b":1.5})");
  CHECK(f.emitted("{data.a, (function() local b = data.b return data.a end)()}") == "[1.5,1.5]");
  CHECK(f.emitted("(function() local a = data.a return data.b end)()") == "1.5");
}

TEST_CASE("many spellings are kept at once") {
  ScriptFixture f;
  std::string list;
  for (int i = 0; i < 3000; ++i) list += (i ? "," : "") + std::to_string(i) + ".250";
  f.data("[" + list + "]");
  f.script("local out = {} for i, v in ipairs(data) do out[i] = v end emit('e', out)");
  REQUIRE(f.emissions.size() == 1);
  CHECK(to_json(f.emissions[0].item) == "[" + list + "]");
}
