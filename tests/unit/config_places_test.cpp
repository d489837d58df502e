// Places inside scalars, and what expressions are told of theirs.
#include "catch.hpp"
#include "config/yaml_parser.hpp"
#include "config/yaml_token.hpp"

using namespace runnel::core;

namespace {

// The value of key `a`, and where its byte `at` stands.
std::string place_in(const std::string& text, size_t at) {
  const YamlSource source("f", text);
  Mistakes mistakes;
  const auto root = parse_yaml(source, mistakes);
  REQUIRE(root);
  return place_inside(root->find("a")->value, at).text();
}

ExpressionSource expression_in(const std::string& text, size_t from = 0) {
  const YamlSource source("f", text);
  Mistakes mistakes;
  const auto root = parse_yaml(source, mistakes);
  REQUIRE(root);
  return expression_source(root->find("a")->value, from);
}

}  // namespace

TEST_CASE("a byte of a plain scalar stands where it is written") {
  CHECK(place_in("a: one two\n", 4) == "f:1:8");
  CHECK(place_in("a: &x !!str one\n", 1) == "f:1:14");
  CHECK(place_in("a: one\n  two\n", 5) == "f:1:4");  // folded: the scalar's
}

TEST_CASE("a byte of a quoted scalar stands behind the escapes before it") {
  CHECK(place_in("a: 'it''s x'\n", 5) == "f:1:11");
  CHECK(place_in("a: \"\\n\\x41\\u00e9\\U0001F600z\"\n", 8) == "f:1:27");
  CHECK(place_in("a: \"one\n  two\"\n", 1) == "f:1:6");
  CHECK(place_in("a: \"one\n  two\"\n", 5) == "f:1:4");
  CHECK(place_in("{\"a\": \"\\ud83d\\ude00z\"}", 4) == "f:1:20");
}

TEST_CASE("a byte of a literal block stands on its own line") {
  CHECK(place_in("a: |\n  one\n\n    two\n", 0) == "f:2:3");
  CHECK(place_in("a: |\n  one\n\n    two\n", 7) == "f:4:5");
  CHECK(place_in("a: |2-\n    one\n", 2) == "f:2:5");
  CHECK(place_in("a: | # why\n\n  one\n", 1) == "f:3:3");
  CHECK(place_in("a: |\r\n  one\r\n  two\r\n", 5) == "f:3:4");
  CHECK(place_in("b: [1]\na: >\n  one\n  two\n", 5) == "f:2:4");
}

TEST_CASE("expressions know their line, column, indentation and whether lines are exact") {
  const ExpressionSource plain = expression_in("a: = data.x\n", 2);
  CHECK(plain.text == "data.x");
  CHECK((plain.line == 1 && plain.column == 6 && plain.exact_lines));
  const ExpressionSource quoted = expression_in("b: 1\na: '= data.x'\n", 2);
  CHECK((quoted.line == 2 && quoted.column == 7 && !quoted.exact_lines));
  const ExpressionSource literal = expression_in("a: |\n    local x\n      deeper\n");
  CHECK((literal.line == 2 && literal.column == 5 && literal.exact_lines && literal.indent == 4));
  const ExpressionSource folded = expression_in("a: >\n   one\n   two\n");
  CHECK((folded.line == 2 && folded.column == 4 && !folded.exact_lines));
  const ExpressionSource lines = expression_in("a: one\n  two\n");
  CHECK((lines.line == 1 && !lines.exact_lines));
}
