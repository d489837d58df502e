#include "script_fixture.hpp"

using namespace runnel::core;

TEST_CASE("an expression has the value of its Lua") {
  ScriptFixture f;
  f.data(R"({"amount":12.5,"n":7,"user":{"name":"Ann","tags":["a","b"]},"yes":true,"none":null})");
  CHECK(f.expression("data.amount * 2") == "25.0");
  CHECK(f.expression("data.n + 1") == "8");
  CHECK(f.expression("data.user.name .. '!'") == "\"Ann!\"");
  CHECK(f.expression("data.user.tags") == "[\"a\",\"b\"]");
  CHECK(f.expression("#data.user.tags") == "2");
  CHECK(f.expression("data.yes and not data.none") == "true");
  CHECK(f.expression("data.none") == "nil");
  CHECK(f.expression("{a = 1, b = {true, json.null}}") == R"({"a":1,"b":[true,null]})");
  CHECK(f.expression("(function(x) return x * 2, 3 end)(4)") == "8");
  CHECK(f.expression("data.n -- the number") == "7");
}

TEST_CASE("in an expression, an index of nil is nil and ordering with nil is false") {
  ScriptFixture f;
  f.data(R"({"a":null,"text":"x"})");
  CHECK(f.expression("data.user.tier == 'gold'") == "false");
  CHECK(f.expression("data.a.b.c[1].d") == "nil");
  for (const char* op : {"<", "<=", ">", ">="}) {
    CHECK(f.expression(std::string("data.amount ") + op + " 500") == "false");
    CHECK(f.expression(std::string("500 ") + op + " data.amount") == "false");
    CHECK(f.expression(std::string("data.amount ") + op + " data.other") == "false");
    CHECK(f.expression(std::string("data.text ") + op + " data.other") == "false");
    CHECK(f.expression(std::string("data.other ") + op + " 2.5") == "false");
    CHECK(f.expression(std::string("data ") + op + " data.other") == "false");
  }
  CHECK(f.expression("(function() local x = nil return x.y end)()") == "nil");
  CHECK(f.expression("getmetatable(nil)") == "false");
}

TEST_CASE("any other failure of an expression is an error with its place") {
  ScriptFixture f;
  f.data(R"({"text":"x","n":1})");
  CHECK(f.expression("data.none + 1") ==
        "script.error: attempt to perform arithmetic on a nil value (field 'none') (flow.yaml:10:12)");
  CHECK(f.expression("data.none()") == "script.error: attempt to call a nil value (field 'none') (flow.yaml:10:12)");
  CHECK(f.expression("data.text < 5") == "script.error: attempt to compare string with number (flow.yaml:10:7)");
  CHECK(f.expression("data.n.x") == "script.error: attempt to index a number value (field 'n') (flow.yaml:10:12)");
  CHECK(f.expression("'a' .. data.none") ==
        "script.error: attempt to concatenate a nil value (field 'none') (flow.yaml:10:19)");
  CHECK(f.expression("print") == "script.error: a function is no JSON value (flow.yaml:10:7)");
}

TEST_CASE("in a script nil is as strict as Lua has it, also after expressions ran") {
  ScriptFixture f;
  f.data("{}");
  f.compile({{ExpressionKind::lua_expression, "data.a.b"},
             {ExpressionKind::lua_script, "local x = data.a.b"},
             {ExpressionKind::lua_script, "if data.a < 1 then emit('e', 1) end"}});
  for (int round = 0; round < 2; ++round) {
    Value value{};
    f.renew();
    REQUIRE(f.engine->evaluate(0, f.context, value));
    CHECK(is_missing(value));
    CHECK_FALSE(f.engine->evaluate(1, f.context, value));
    CHECK(f.context.failure.message == "attempt to index a nil value (field 'a')");
    f.renew();
    CHECK_FALSE(f.engine->evaluate(2, f.context, value));
    CHECK(f.context.failure.message == "attempt to compare nil with number");
  }
}

TEST_CASE("a condition has no effects, but may fail") {
  ScriptFixture f;
  for (const char* effect :
       {"emit('e', 1)", "job.trace('x')", "job.set_data('k', 1)", "job.complete()", "job.set_routine_data('k', 1)",
        "worker.set('k', 1)", "worker.shared.set('k', 1)", "worker.update('k', function() return 1 end)"}) {
    f.compile({{ExpressionKind::lua_expression, effect}});
    f.renew();
    f.context.is_condition = true;
    Value value{};
    CHECK_FALSE(f.engine->evaluate(0, f.context, value));
    CHECK(f.context.failure.code == "script.error");
    CHECK(f.context.failure.message.find("is not allowed in a condition") != std::string::npos);
  }
  CHECK(f.emissions.empty());
  CHECK(f.job.data.members().empty());
  CHECK(f.job.trace_log.size() == 0);
  CHECK_FALSE(f.context.complete);
  f.compile({{ExpressionKind::lua_expression, "fail('my.code', 'no')"}});
  f.renew();
  f.context.is_condition = true;
  Value value{};
  CHECK_FALSE(f.engine->evaluate(0, f.context, value));
  CHECK(f.context.failure.code == "my.code");
}

TEST_CASE("what `data` is may change from run to run") {
  ScriptFixture f;
  f.compile({{ExpressionKind::lua_expression, "data"}});
  for (const char* text :
       {"{\"a\":1}", "[1,2]", "5", "\"text\"", "true", "{\"b\":2}", "null", "1e400", "[]", "12.50"}) {
    f.data(text);
    f.renew();
    Value value{};
    REQUIRE(f.engine->evaluate(0, f.context, value));
    CHECK(f.outcome(true, value) == (std::string(text) == "null" ? "nil" : text));
  }
}

TEST_CASE("names of the context are in scope") {
  ScriptFixture f;
  f.data("{}");
  CHECK(f.expression("flow_id") == "\"shop\"");
  CHECK(f.expression("routine_id") == "\"logic\"");
  CHECK(f.expression("env.REGION") == "\"eu\"");
  CHECK(f.expression("env.NONE") == "nil");
  CHECK(f.expression("metadata.user_id") == "\"alice\"");
  CHECK(f.expression("policy_message") == "nil");
  CHECK(f.expression("now()") == "\"2000-01-01T00:00:01.000000Z\"");
  f.compile({{ExpressionKind::lua_expression, "policy_message.reason"}});
  f.renew();
  f.context.policy_message = f.json(R"({"reason":"flush"})");
  Value value{};
  REQUIRE(f.engine->evaluate(0, f.context, value));
  CHECK(to_std_string(value) == "flush");
}

TEST_CASE("job is nil where there is no single job") {
  ScriptFixture f;
  f.compile({{ExpressionKind::lua_expression, "job == nil"}});
  Value value{};
  for (bool has_job : {true, false, true}) {
    f.renew();
    if (!has_job) f.context.job = nullptr;
    REQUIRE(f.engine->evaluate(0, f.context, value));
    CHECK((value.as.integer != 0) == !has_job);
  }
}

TEST_CASE("an engine is not asked twice about a context that has failed") {
  ScriptFixture f;
  f.compile({{ExpressionKind::lua_expression, "1"}});
  f.context.has_failed = true;
  Value value = make_int(3);
  CHECK_FALSE(f.engine->evaluate(0, f.context, value));
  CHECK(is_missing(value));
  f.renew();
  CHECK_FALSE(f.engine->evaluate(7, f.context, value));
  CHECK(f.context.failure.code == "script.error");
}
