#include "script_fixture.hpp"

using namespace runnel::core;

TEST_CASE("placeholders are replaced by their values") {
  ScriptFixture f;
  f.data(
      R"({"user":{"name":"Ann"},"n":3,"f":12.50,"big":12345678901234567890,"list":[1,"x"],"none":null,"yes":true,"q":"a\"\u00e9"})");
  CHECK(f.text("hello {data.user.name}!") == "hello Ann!");
  CHECK(f.text("{data.n}{data.f} {data.big}") == "312.50 12345678901234567890");
  CHECK(f.text("{data.list} {data.user}") == R"([1,"x"] {"name":"Ann"})");
  CHECK(f.text("[{data.none}{data.missing.deeper}]") == "[]");
  CHECK(f.text("{data.yes} {0.1 + 0.2} {2.0}") == "true 0.30000000000000004 2.0");
  CHECK(f.text("{data.q}") == "a\"\xc3\xa9");
  CHECK(f.text("no placeholder") == "no placeholder");
  CHECK(f.text("") == "");
}

TEST_CASE("doubled braces are braces") {
  ScriptFixture f;
  f.data(R"({"x":1})");
  CHECK(f.text("{{ }} }") == "{ } }");
  CHECK(f.text("{{{data.x}}}") == "{1}");
  CHECK(f.text("{{}}") == "{}");
  CHECK(f.text("{ ({10,20})[2] }") == "20");
  CHECK(f.text("{'}'}{\"{\"}") == "}{");
}

TEST_CASE("a mistake in a text has its place") {
  const auto compiler = make_lua_compiler();
  const auto check = [&](const std::string& text) {
    ScriptFacts facts;
    const auto mistake = compiler->check(ExpressionKind::text, ScriptFixture::source(text), facts);
    return mistake ? mistake->place.text() + ": " + mistake->message : "";
  };
  CHECK(check("a {data.x} {data.y") == "flow.yaml:10:18: a placeholder is not closed");
  CHECK(check("a {}") == "flow.yaml:10:9: an empty placeholder");
  CHECK(check("one\ntwo {data.x +}") == "flow.yaml:11:19: the expression is not complete");
  CHECK(check("{data.x} {dta.y}") == "flow.yaml:10:17: unknown name \"dta\"");
  CHECK(check("{data.x}, {{data.y") == "");
}

TEST_CASE("a placeholder that fails fails the text") {
  ScriptFixture f;
  f.data("{}");
  CHECK(f.text("a\nb {data.x + 1}") ==
        "script.error: attempt to perform arithmetic on a nil value (field 'x') (flow.yaml:11:15)");
}
