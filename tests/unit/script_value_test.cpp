#include "script/engine.hpp"
#include "script_fixture.hpp"

using namespace runnel::core;

TEST_CASE("proxies are read as tables are") {
  ScriptFixture f;
  f.data(R"({"b":1,"a":[10,null,30],"o":{"x":null,"y":2},"s":"t\u00e9\n"})");
  CHECK(f.printed("print(data.b, data.a[1], data.a[2], data.a[3], data.a[4], data.a[0], data.a[-1])") ==
        "1\t10\tnil\t30\tnil\tnil\tnil");
  CHECK(f.printed("print(#data.a, #data, #data.o)") == "3\t4\t2");
  CHECK(f.printed("print(data.a.x, data[1], data.a['1'], data.a[1.0], data.a[1.5])") == "nil\tnil\tnil\t10\tnil");
  CHECK(f.printed("for k, v in pairs(data) do print(k, v) end") ==
        "b\t1\na\t[10,null,30]\no\t{\"x\":null,\"y\":2}\ns\tt\xc3\xa9\n");
  CHECK(f.printed("for i, v in ipairs(data.a) do print(i, v) end") == "1\t10\n2\tnil\n3\t30");
  CHECK(f.printed("for i, v in pairs(data.a) do print(i, v) end") == "1\t10\n2\tnil\n3\t30");
  CHECK(f.printed("for k, v in pairs(data.o) do print(k, v) end") == "x\tnil\ny\t2");
  CHECK(f.printed("print(type(data), type(data.a), type(data.b), type(data.s), type(data.none))") ==
        "table\ttable\tnumber\tstring\tnil");
  CHECK(f.printed("print(data.a == data.a, data.a == data.o, data.o ~= data.o, data.a == {})") ==
        "true\tfalse\tfalse\tfalse");
  CHECK(f.printed("print(json.decode('[1.0,{\"k\":[]}]') == json.decode('[1,{\"k\":[]}]'))") == "true");
  CHECK(f.printed("print(next(data), next(data, 'b'), next(data, 's'))") == "b\ta\tnil");
  CHECK(f.printed("print(select('#', table.unpack(data.a)), table.concat(json.decode('[1,2.5,\"x\"]'), '-'))") ==
        "3\t1-2.5-x");
  CHECK(f.printed("print(data)") == R"({"b":1,"a":[10,null,30],"o":{"x":null,"y":2},"s":"t\u00e9\n"})");
}

TEST_CASE("a proxy cannot be written to") {
  ScriptFixture f;
  f.data(R"({"a":[1]})");
  const std::string message = "JSON values are read-only: json.merge(value, {...}) makes a changed copy";
  CHECK(f.failure_of("data.x = 1") == message);
  CHECK(f.failure_of("data.a[1] = 2") == message);
  CHECK(f.failure_of("data.a[#data.a + 1] = 2") == message);
  CHECK(f.failure_of("rawset(data, 'x', 1)").find("table expected") != std::string::npos);
  CHECK(f.failure_of("table.insert(data.a, 1)").find("table expected") != std::string::npos);
  CHECK(f.failure_of("table.sort(data.a)").find("table expected") != std::string::npos);
  CHECK(f.failure_of("setmetatable(data, {})").find("table expected") != std::string::npos);
  CHECK(f.failure_of("job.data.x = 1") == "job is read-only: use job.set_data");
  CHECK(f.failure_of("slots.request = 1").find("read-only") != std::string::npos);
  CHECK(f.failure_of("slots.request[1] = 1").find("read-only") != std::string::npos);
}

TEST_CASE("messages call a proxy what it is") {
  ScriptFixture f;
  f.data(R"({"o":{},"a":[]})");
  CHECK(f.failure_of("local x = 'a' .. data.o") == "attempt to concatenate a JSON object value (field 'o')");
  CHECK(f.failure_of("local x = data.a + 1") == "attempt to perform arithmetic on a JSON array value (field 'a')");
  CHECK(f.failure_of("data.o()") == "attempt to call a JSON object value (field 'o')");
}

TEST_CASE("null reads as nil, json.null writes null") {
  ScriptFixture f;
  f.data(R"({"n":null})");
  CHECK(f.printed("print(data.n == nil, data.n == json.null, json.null ~= nil, json.null and 1)") ==
        "true\tfalse\ttrue\t1");
  CHECK(f.emitted("{a = json.null}") == "{\"a\":null}");
  CHECK(f.emitted("json.null") == "null");
  CHECK(f.emitted("nil") == "null");
  CHECK(f.printed("print(json.null)") == "null");
}

TEST_CASE("slots hold the items of the activation") {
  ScriptFixture f;
  f.put_items(0, R"([{"a":1},{"a":2}])");
  CHECK(f.printed("print(#slots.request, slots.request[1].a, slots.request[2].a, slots.request[3])") == "2\t1\t2\tnil");
  CHECK(f.printed("print(#slots['other_slot'], slots.other_slot[1])") == "0\tnil");
  CHECK(f.printed("for i, item in ipairs(slots.request) do print(i, item.a) end") == "1\t1\n2\t2");
  CHECK(f.printed("for i, item in pairs(slots.request) do print(i, item.a) end") == "1\t1\n2\t2");
  CHECK(f.printed("for name, items in pairs(slots) do print(name, #items) end") == "request\t2\nother_slot\t0");
  CHECK(f.emitted("slots.request") == R"([{"a":1},{"a":2}])");
  CHECK(f.emitted("{all = slots.other_slot}") == R"({"all":[]})");
  CHECK(f.failure_of("return slots.requst[1]") == "no slot \"requst\"; did you mean \"request\"?");
}

TEST_CASE("tables become arrays and objects") {
  ScriptFixture f;
  CHECK(f.emitted("{1, 'two', {3}}") == R"([1,"two",[3]])");
  CHECK(f.emitted("{b = 1, a = 2, ['\\u{e9}'] = 3, B = 4}") == "{\"B\":4,\"a\":2,\"b\":1,\"\xc3\xa9\":3}");
  CHECK(f.emitted("{}") == "{}");
  CHECK(f.emitted("{[2] = 'b', [1] = 'a', [3] = 'c'}") == R"(["a","b","c"])");
  CHECK(f.emitted("json.array{}") == "[]");
  CHECK(f.emitted("json.array()") == "[]");
  CHECK(f.emitted("json.array(json.array{1})") == "[1]");
  CHECK(f.emitted("json.object{}") == "{}");
  CHECK(f.emitted("json.merge(json.decode('{\"z\":1.50,\"y\":null,\"a\":[]}'), {extra = 1, z = 2})") ==
        R"({"z":2,"y":null,"a":[],"extra":1})");
  CHECK(f.emitted("json.object{{'z', 1}, {'a', {2}}, {'n'}, {'z', 3}}") == R"({"z":3,"a":[2],"n":null})");
  f.emissions.clear();
  CHECK(f.script("local a = json.array{} a[#a + 1] = 5 table.insert(a, 6) emit('e', {list = a})") == "");
  CHECK(to_json(f.emissions[0].item) == R"({"list":[5,6]})");
  CHECK(f.emitted("'a\"\\n\\u{1F600}'") == "\"a\\\"\\n\xf0\x9f\x98\x80\"");
  CHECK(f.emitted("true") == "true");
}

TEST_CASE("a proxy is passed on as it is") {
  ScriptFixture f;
  f.data(R"({"o": {"k" : [1.10, 1e5]}, "s":"\u00e9"})");
  CHECK(f.emitted("{copy = data.o, s = data.s}") == "{\"copy\":{\"k\" : [1.10, 1e5]},\"s\":\"\xc3\xa9\"}");
  CHECK(f.emitted("{job = job.data, meta = job.metadata}") == R"({"job":{},"meta":{"user_id":"alice"}})");
}

TEST_CASE("what is no JSON is refused with its path") {
  ScriptFixture f;
  const auto message = [&](const std::string& value) {
    f.emitted(value);
    return f.context.failure.code + ": " + f.context.failure.message;
  };
  CHECK(message("{a = {1, {b = print}}}") == "script.error: a function is no JSON value (at a[2].b)");
  CHECK(message("{1, 2, nil, 4, [9] = 5}") == "script.error: a table with integer keys has holes");
  CHECK(message("{x = {[0] = 1}}") == "script.error: a table with integer keys has holes (at x)");
  CHECK(message("{1, a = 2}") == "script.error: a table has both numbers and strings as keys");
  CHECK(message("{[1.5] = 2}") == "script.error: a key of a table is neither a string nor an integer");
  CHECK(message("{[true] = 2}") == "script.error: a key of a table is neither a string nor an integer");
  CHECK(message("{a = 0/0}") == "script.error: NaN is no JSON value (at a)");
  CHECK(message("{a = -1/0}") == "script.error: infinity is no JSON value (at a)");
  CHECK(message("{s = '\\xff'}") == "script.error: a string is not valid UTF-8 (at s)");
  CHECK(message("{['\\xff'] = 1}") == "script.error: a string is not valid UTF-8");
  CHECK(message("slots") == "script.error: `slots` is no JSON value; `slots.<name>` is");
  CHECK(message("{job}") == "script.error: `job` is no JSON value; `job.data` is (at [1])");
  CHECK(message("string") == "script.error: a library is no JSON value");
  CHECK(message("(function() local a = json.array{} a.x = 1 return a end)()") ==
        "script.error: a table made by json.array has a string as key");
  CHECK(message("json.object{a = 1}") == "script.error: json.object takes a list of pairs: {{key, value}, ...}");
  CHECK(message("json.merge(1, {})") == "script.error: json.merge takes two objects");
  CHECK(message("json.object{{1, 2}}") == "script.error: json.object takes a list of pairs: {{key, value}, ...}");
  CHECK(f.failure_of("local a = {} a.b = {a} emit('e', a)") == "a table contains itself (at b[1])");
  CHECK(f.emissions.empty());
}

TEST_CASE("a value may be as deep as the limit and no deeper") {
  ScriptFixture f;
  const std::string nest = "local v = 1 for i = 1, N do v = {v} end emit('e', v)";
  const auto script = [&](const std::string& n) { return std::string(nest).replace(nest.find('N'), 1, n); };
  CHECK(f.script(script("256")) == "");
  REQUIRE(f.emissions.size() == 1);
  CHECK(height_of(f.emissions[0].item) == 256);
  CHECK(f.script(script("257")) == "limit.depth: a value is nested deeper than 256 levels (flow.yaml:10:49)");
  CHECK(f.script(script("100000")).starts_with("limit.depth"));
  CHECK(f.script("pcall(function() local v = 1 for i = 1, 300 do v = {v} end emit('e', v) end)")
            .starts_with("limit.depth"));
  std::string deep = "1";
  for (int i = 0; i < 250; ++i) deep = "[" + deep + "]";
  f.data(deep);
  CHECK(f.script("local v = data for i = 1, 6 do v = {v} end emit('e', v)") == "");
  CHECK(f.script("local v = data for i = 1, 7 do v = {v} end emit('e', v)").starts_with("limit.depth"));
}

TEST_CASE("shared subtables cannot grow without bound") {
  ScriptFixture f;
  f.job.arena.set_limit(size_t{64} << 20);
  f.limits.instructions = 1'000'000;
  const std::string failure = f.script("local v = {1} for i = 1, 60 do v = {v, v} end emit('e', v)");
  CHECK(failure.starts_with("limit."));
}

TEST_CASE("json text is read and written") {
  ScriptFixture f;
  CHECK(f.printed("print(json.encode({a = {1, 2.0, 'x', json.null}}))") == R"({"a":[1,2.0,"x",null]})");
  CHECK(f.printed("print(json.encode(nil), json.encode('q'), json.encode(1/4))") == "null\t\"q\"\t0.25");
  CHECK(f.printed("local v = json.decode('{\"b\":[1,{\"c\":null}],\"a\":1.10}') print(v.b[1], v.b[2].c, v.a, v)") ==
        "1\tnil\t1.1\t{\"b\":[1,{\"c\":null}],\"a\":1.10}");
  CHECK(f.printed("print(json.decode('null'), json.decode(' 5 '))") == "nil\t5");
  CHECK(f.failure_of("json.decode('[1,')").starts_with("json.decode: "));
  CHECK(f.failure_of("json.decode('{\"a\":1,\"a\":2}')").starts_with("json.decode: "));
  CHECK(f.failure_of("json.decode(5)").find("string expected") != std::string::npos);
}

TEST_CASE("a proxy of an earlier run is dead") {
  ScriptFixture f;
  f.data(R"({"o":{"k":1},"n":12345678901234567890})");
  // A script has no way to keep one; planted from outside it must still be refused.
  const ExpressionTable table{
      Expression{ExpressionKind::lua_script, ScriptFixture::source("planted.o, planted.n = data.o, data.n"), {}, {}},
      Expression{ExpressionKind::lua_expression, ScriptFixture::source("planted.o.k"), {}, {}},
      Expression{ExpressionKind::lua_expression, ScriptFixture::source("{planted.o}"), {}, {}},
      Expression{ExpressionKind::lua_expression, ScriptFixture::source("#planted.o"), {}, {}},
      Expression{ExpressionKind::lua_expression, ScriptFixture::source("planted.o == data"), {}, {}},
      Expression{ExpressionKind::lua_expression, ScriptFixture::source("pairs(planted.o)"), {}, {}},
      Expression{ExpressionKind::lua_expression, ScriptFixture::source("tostring(planted.o)"), {}, {}},
      Expression{ExpressionKind::lua_expression, ScriptFixture::source("planted.n + 1"), {}, {}}};
  LuaEngine engine(table, {});
  lua_newtable(engine.state());
  lua_setfield(engine.state(), LuaEngine::kGlobals, "planted");
  Value value{};
  REQUIRE(engine.evaluate(0, f.context, value));
  for (size_t i = 1; i < table.size(); ++i) {
    f.renew();
    CHECK_FALSE(engine.evaluate(i, f.context, value));
    CHECK(f.context.failure.message == "value of an earlier activation");
  }
}
