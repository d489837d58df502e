#include "catch.hpp"
#include "routine/class_name.hpp"
#include "routine/context.hpp"
#include "value/reader.hpp"

using namespace runnel::core;

namespace {

struct Fixture {
  Arena arena;
  Reader reader;
  Value json(const char* text) {
    Value value{};
    const char* kept = arena.copy(text);
    REQUIRE(reader.read({kept, std::string_view(text).size()}, arena, value));
    return value;
  }
};

std::vector<PathStep> path_of(const char* text) {
  std::vector<PathStep> path;
  REQUIRE(parse_path(text, path).empty());
  return path;
}

}  // namespace

TEST_CASE("truthy is what is there and neither null, false, zero nor empty") {
  Fixture f;
  CHECK_FALSE(is_truthy(missing()));
  for (const char* text : {"null", "false", "0", "-0", "0.0", "-0.0", "0e5", "0e400", "1e-400", "\"\"", "[]", "{}"}) {
    INFO(text);
    CHECK_FALSE(is_truthy(f.json(text)));
  }
  for (const char* text : {"true", "1", "-1", "0.5", "5e-324", "1e400", "123456789012345678901234567890", "\" \"",
                           "\"\\u0000\"", "[0]", "{\"\":null}"}) {
    INFO(text);
    CHECK(is_truthy(f.json(text)));
  }
}

TEST_CASE("a map holds when every field is equal, a list when the item is one of it") {
  Fixture f;
  Condition all;
  all.form = Condition::Form::all_equal;
  all.tests.push_back({path_of("a.b[0]"), f.json("1")});
  all.tests.push_back({path_of("kind"), f.json(R"(["x","y"])")});
  CHECK(holds(all, f.json(R"({"a":{"b":[1.0,2]},"kind":"y"})")));
  CHECK(holds(all, f.json(R"({"a":{"b":[1]},"kind":["x","y"]})")));
  CHECK_FALSE(holds(all, f.json(R"({"a":{"b":[1]},"kind":["x"]})")));
  CHECK_FALSE(holds(all, f.json(R"({"a":{"b":[2]},"kind":"x"})")));
  CHECK_FALSE(holds(all, f.json(R"({"a":{"b":[1]}})")));
  CHECK_FALSE(holds(all, missing()));

  Condition one;
  one.form = Condition::Form::one_of;
  one.list = f.json(R"([1,"\u0061",{"p":1,"q":[2]}])");
  CHECK(holds(one, f.json("1e0")));
  CHECK(holds(one, f.json("\"a\"")));
  CHECK(holds(one, f.json(R"({"q":[2.0],"p":1})")));
  CHECK_FALSE(holds(one, f.json(R"([1])")));
  CHECK_FALSE(holds(one, missing()));
}

TEST_CASE("evaluating a condition gives a boolean and takes no memory") {
  Fixture f;
  ExpressionTable table(3);
  table[0].kind = ExpressionKind::condition;
  table[0].condition.form = Condition::Form::expression;
  table[0].condition.expression = 1;
  table[1].kind = ExpressionKind::path;
  table[1].path = path_of("x");
  table[2].kind = ExpressionKind::condition;
  table[2].condition.form = Condition::Form::truthy;
  table[2].condition.tests.push_back({path_of("x"), {}});
  runnel_context context;
  context.arena = &f.arena;
  context.expressions = &table;
  const auto value_of = [&](size_t index, const char* item) {
    context.data = f.json(item);
    const size_t before = f.arena.used();
    Value out{};
    REQUIRE(evaluate(context, expression_value(index), out));
    CHECK(f.arena.used() == before);
    REQUIRE(out.kind == RUNNEL_BOOL);
    return out.as.integer != 0;
  };
  // Of an expression only nil, null and false are false; of a field what is empty, too.
  for (const char* item : {R"({"x":0})", R"({"x":""})", R"({"x":[]})"}) {
    CHECK(value_of(0, item));
    CHECK_FALSE(value_of(2, item));
  }
  for (const char* item : {"{}", R"({"x":null})", R"({"x":false})"}) {
    CHECK_FALSE(value_of(0, item));
    CHECK_FALSE(value_of(2, item));
  }
}

TEST_CASE("CamelCase names stand for ours, modules before them left out") {
  CHECK(class_name_of("Mapper") == "mapper");
  CHECK(class_name_of("DataTransformer") == "data_transformer");
  CHECK(class_name_of("routilux.builtin_routines.ConditionalRouter") == "conditional_router");
  CHECK(class_name_of("JSONPath2Reader") == "json_path2_reader");
  CHECK(class_name_of("HTTP") == "http");
  for (const char* same : {"mapper", "data_Transformer", "a.mapper", "Map per", "a.", "", ".", "_Mapper", "Übel"}) {
    CHECK(class_name_of(same) == same);
  }
}
