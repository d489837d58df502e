#include "catch.hpp"
#include "config_support.hpp"

using namespace config_test;

namespace {

std::string messages(std::string_view config) { return load(flow_of("all_kinds", config)).messages(); }

Value config_of(const Loaded& loaded) { return loaded.flow().routines[0].config; }

const Expression& expression_of(const Loaded& loaded, Value value) {
  REQUIRE(value.kind == RUNNEL_EXPRESSION);
  return loaded.flow().expressions.at(static_cast<size_t>(value.as.integer));
}

}  // namespace

TEST_CASE("each kind of parameter takes its values") {
  const Loaded loaded = load(flow_of("all_kinds",
                                     "{any: {a: [1, x, ~, 12345678901234567890]}, bool: false, int: 0x10, number: 1.5,"
                                     " string: loud, array: [1], object: {a: b}, duration: 250ms}"));
  CHECK(loaded.messages().empty());
  REQUIRE(loaded.result.flow);
  const Value config = config_of(loaded);
  CHECK(to_json(get(config, "any")) == R"({"a":[1,"x",null,12345678901234567890]})");
  CHECK(to_json(get(config, "bool")) == "false");
  CHECK(to_json(get(config, "int")) == "16");
  CHECK(to_json(get(config, "number")) == "1.5");
  CHECK(to_json(get(config, "string")) == "\"loud\"");
  CHECK(to_json(get(config, "duration")) == "0.25");
}

TEST_CASE("defaults are filled in, expressions among them compiled") {
  const Loaded loaded = load("flow_id: t\nroutines: {a: {class: all_kinds}}\n");
  CHECK(loaded.messages().empty());
  REQUIRE(loaded.result.flow);
  const Value config = config_of(loaded);
  CHECK(to_json(get(config, "bool")) == "true");
  CHECK(to_json(get(config, "int")) == "7");
  CHECK(to_json(get(config, "string")) == "\"calm\"");
  CHECK(is_missing(get(config, "any")));
  const Expression& text = expression_of(loaded, get(config, "text"));
  CHECK(text.kind == ExpressionKind::text);
  CHECK(text.source.text == "hi {data.name}");
}

TEST_CASE("wrong values are refused at their place") {
  CHECK(messages("{bool: yes}") == "f:3:40: \"bool\" must be true or false, not \"yes\"\n");
  CHECK(messages("{int: '3'}") == "f:3:39: \"int\" must be a whole number, not \"3\"\n");
  CHECK(messages("{int: 1.5}") == "f:3:39: \"int\" must be a whole number, not 1.5\n");
  CHECK(messages("{number: .inf}") == "f:3:42: \"number\" must be a number, not .inf\n");
  CHECK(messages("{string: lout}") == "f:3:42: \"string\" must be one of calm, loud, not \"lout\"\n");
  CHECK(messages("{array: {}}") == "f:3:41: \"array\" must be a list, not a map\n");
  CHECK(messages("{object: []}") == "f:3:42: \"object\" must be a map, not a list\n");
  CHECK(messages("{duration: 5d}") == "f:3:44: \"duration\" must be a duration (5, 250ms, 5s, 2m, 1h), not \"5d\"\n");
  CHECK(messages("{text: [x]}") == "f:3:40: \"text\" must be text, not a list\n");
  CHECK(messages("{expression: }") == "f:3:34: \"expression\" must be a Lua expression, not nothing\n");
  CHECK(messages("{any: .nan}") == "f:3:39: \"any\" must be a value that JSON can hold, not .nan\n");
}

TEST_CASE("parameters of list items and map values are checked one by one") {
  CHECK(messages("{routes: [{name: a}, {nme: b}, {name: c, weight: x}]}") ==
        "f:3:55: unknown key \"nme\" in \"routes[1]\"\n"
        "f:3:82: \"routes[2].weight\" must be a whole number, not \"x\"\n");
  CHECK(messages("{routes: [{}]}") == "f:3:43: missing key \"name\" in \"routes[0]\"\n");
  CHECK(messages("{values: {a: b.c, d: [1]}}") ==
        "f:3:54: \"values.d\" must be a path, '= expression', {path, default} or {value: ...}, not a list\n");
}

TEST_CASE("mapper values become paths, constants and Lua") {
  const Loaded loaded = load(flow_of(
      "all_kinds",
      "{values: {a: 'b[1].c', b: '= data.x', c: {path: x, default: [1]}, d: {value: '= text'}, e: 3, f: null}}"));
  CHECK(loaded.messages().empty());
  REQUIRE(loaded.result.flow);
  const Value values = get(config_of(loaded), "values");
  const Expression& a = expression_of(loaded, get(values, "a"));
  CHECK(a.kind == ExpressionKind::path);
  REQUIRE(a.path.size() == 3);
  CHECK((a.path[0].key == "b" && a.path[1].index == 1 && a.path[2].key == "c" && is_missing(a.fallback)));
  CHECK(expression_of(loaded, get(values, "b")).source.text == "data.x");
  CHECK(to_json(expression_of(loaded, get(values, "c")).fallback) == "[1]");
  CHECK(to_json(expression_of(loaded, get(values, "d")).fallback) == "\"= text\"");
  CHECK(to_json(expression_of(loaded, get(values, "e")).fallback) == "3");
  CHECK(expression_of(loaded, get(values, "f")).kind == ExpressionKind::constant);
}

TEST_CASE("conditions are compiled into their forms") {
  const auto with_condition = [](std::string_view form, const auto& see) {
    const Loaded loaded = load(flow_of("all_kinds", "{condition: " + std::string(form) + "}"));
    INFO(form);
    CHECK(loaded.messages().empty());
    REQUIRE(loaded.result.flow);
    const Expression& expression = expression_of(loaded, get(config_of(loaded), "condition"));
    REQUIRE(expression.kind == ExpressionKind::condition);
    see(expression.condition, loaded.flow());
  };
  with_condition("user.email", [](const Condition& condition, const auto&) {
    CHECK(condition.form == Condition::Form::truthy);
    REQUIRE(condition.tests.size() == 1);
    CHECK(condition.tests[0].path[1].key == "email");
  });
  with_condition("{a.b: 1, c: [x, null]}", [](const Condition& condition, const auto&) {
    CHECK(condition.form == Condition::Form::all_equal);
    REQUIRE(condition.tests.size() == 2);
    CHECK(condition.tests[0].path.size() == 2);
    CHECK(to_json(condition.tests[1].expected) == R"(["x",null])");
  });
  with_condition("[1, 'true', {a: b}]", [](const Condition& condition, const auto&) {
    CHECK(condition.form == Condition::Form::one_of);
    CHECK(to_json(condition.list) == R"([1,"true",{"a":"b"}])");
  });
  with_condition("'= worker.get(1)'", [](const Condition& condition, const auto& flow) {
    CHECK(condition.form == Condition::Form::expression);
    CHECK(flow.expressions.at(condition.expression).source.text == "worker.get(1)");
    CHECK(flow.routines[0].keeps_state);
  });
  with_condition("true", [](const Condition& condition, const auto&) {
    CHECK((condition.form == Condition::Form::constant && condition.constant));
  });
  with_condition("'true'",
                 [](const Condition& condition, const auto&) { CHECK(condition.form == Condition::Form::truthy); });
}

TEST_CASE("a string with a leading = is an expression in any value, however deep") {
  const Loaded loaded = load(flow_of("all_kinds", "{any: {a: ['= data.x > 1', 'x = 1']}}"));
  REQUIRE(loaded.result.flow);
  const Value list = get(get(config_of(loaded), "any"), "a");
  CHECK(expression_of(loaded, items_of(list)[0]).source.text == "data.x > 1");
  CHECK(items_of(list)[1].kind == RUNNEL_STRING);
}

TEST_CASE("what does not compile is reported by the compiler, once") {
  CHECK(messages("{expression: '= @@@', text: '@@@', values: {a: '= @@@'}}") ==
        "f:3:49: does not compile\nf:3:62: does not compile\nf:3:83: does not compile\n");
}

TEST_CASE("a routine that names the worker keeps state, and so does a class that says it") {
  CHECK(load(flow_of("all_kinds", "{expression: 'worker.get(\"a\")'}")).flow().keeps_state());
  CHECK_FALSE(load(flow_of("all_kinds", "{expression: 'data.a'}")).flow().keeps_state());
  CHECK(load(flow_of("picky", "{}")).flow().keeps_state());
  CHECK(load("flow_id: t\nroutines: {a: {class: step, activation: {when: worker.x}}}\n").flow().keeps_state());
}

TEST_CASE("a class may refuse its configuration, at a byte of a parameter") {
  CHECK(load(flow_of("picky", "{name: 'bad'}")).messages() == "f:3:39: \"name\": is bad\n");
  CHECK(load(flow_of("picky", "{name: good}")).messages().empty());
}

TEST_CASE("a class may add events that depend on its configuration") {
  const std::string flow =
      "flow_id: t\nroutines:\n  a: {class: router, config: {routes: [{name: left}, {name: right}]}}\n"
      "  b: {class: step}\nconnections:\n  - a.right -> b.input\n";
  const Loaded loaded = load(flow);
  CHECK(loaded.messages().empty());
  REQUIRE(loaded.result.flow);
  CHECK(loaded.flow().routines[0].names.events == std::vector<std::string>{"output", "left", "right", "error"});
  CHECK(loaded.flow().connections[0].event == 2);
  CHECK(loaded.flow().keeps_state());
  CHECK(load(flow + "  - a.rigth -> b.input\n").messages() == "f:7:7: routine \"a\" has no event \"rigth\"\n");
  // Refused: its events are not known, and nothing is said of them.
  CHECK(load(flow_of("router", "{routes: [{name: ' '}]}") + "  b: {class: step}\nconnections: [a.gone -> b.input]\n")
            .messages() == "f:3:47: \"routes[0].name\": a route needs a name\n");
  CHECK(load(flow_of("router", "{routes: [{name: x}, {name: x}]}")).messages() == "f:3:14: duplicate event \"x\"\n");
}
