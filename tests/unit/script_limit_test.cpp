#include "script_fixture.hpp"

using namespace runnel::core;

namespace {

const char* const kInstructions = "limit.instructions: more than 1000000 Lua instructions in one activation";

std::string code_of_run(ScriptFixture& f, const std::string& text) {
  f.script(text);
  return f.context.has_failed ? f.context.failure.code : "";
}

}  // namespace

TEST_CASE("a script ends after its instructions, whatever it catches") {
  ScriptFixture f;
  f.limits.instructions = 1'000'000;
  CHECK(f.script("\nwhile true do end") == std::string(kInstructions) + " (flow.yaml:11:7)");
  for (const char* text : {
           "while true do pcall(function() while true do end end) end",
           "while true do xpcall(function() while true do end end, function() while true do end end) end",
           "local function f() return f() end f()",
           "local f f = function() pcall(f) f() end f()",
           "::again:: goto again",
           "repeat until false",
           "for i = 1, math.huge do end",
           "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) pcall(function() return t[1] "
           "end) while true do end",
           "local t <close> = setmetatable({}, {__close = function() while true do end end}) while true do end",
           "error(setmetatable({}, {__tostring = function() while true do end end}))",
           "print(setmetatable({}, {__tostring = function() while true do end end}))",
           "worker.update('k', function() while true do end end)",
           "table.sort({1, 2, 3}, function() while true do end end)",
           "for x in (function() return 1 end) do end",
           "local s = 0 for x in re.gmatch(('a'):rep(1000000), 'a') do s = s + 1 end for i = 1, 1e9 do end",
           "while true do pcall(fail) end",
       }) {
    INFO(text);
    CHECK(code_of_run(f, text) == "limit.instructions");
  }
  CHECK(f.expression("(function() while true do end end)()").starts_with(kInstructions));
}

TEST_CASE("what no hook sees is charged for") {
  ScriptFixture f;
  f.limits.instructions = 1'000'000;
  CHECK(f.printed("print(#string.rep('', 1e18 // 1 | 0), #string.rep('', math.maxinteger, ''))") == "0\t0");
  for (const char* text : {
           "string.rep('x', 1e8 // 1 | 0, '')",
           "pcall(string.rep, 'x', 1 << 40)",
           "table.insert(setmetatable({}, {__len = function() return math.maxinteger - 1 end}), 1, 'x')",
           "table.remove(setmetatable({}, {__len = function() return math.maxinteger - 1 end}), 1)",
           "table.concat(setmetatable({}, {__len = function() return 1 << 60 end, __index = function() return '' "
           "end}))",
           "table.concat(setmetatable({}, {__index = table.concat}), '', 1, math.maxinteger)",
           "table.move({}, 1, math.maxinteger - 1, 2)",
           "table.move({}, math.mininteger, math.maxinteger, 1)",
           "table.unpack({}, 1, 1e9 // 1 | 0)",
           "table.sort(setmetatable({}, {__len = function() return 1 << 30 end}))",
           "local calls = 0 table.insert(setmetatable({}, {__len = function() calls = calls + 1 return calls == 1 and "
           "1e15 // 1 | 0 or 1 end}), 1, 1)",
           "local s = ('x'):rep(1000000) for i = 1, 100000 do s:upper() end",
           "local s = ('x'):rep(1000000) for i = 1, 100000 do local t = s .. i end",
           "local s = ('x'):rep(1000000) for i = 1, 100000 do utf8.len(s) end",
           "local s = ('x'):rep(1000000) for i = 1, 100000 do tonumber(s) end",
           "local t = {} for i = 1, 100000 do t[i] = i end for i = 1, 100000 do table.insert(t, 1, i) end",
           "local t = {} for i = 1, 100000 do t[i] = i end for i = 1, 100000 do table.concat(t) end",
           "local t = {} for i = 1, 100000 do t[i] = i end for i = 1, 100000 do next(t, i) end",
           "local t = {} for i = 1, 100000 do t[i] = i end for i = 1, 100000 do json.encode(t) end",
           "local s = '[' .. ('1,'):rep(10000) .. '1]' for i = 1, 100000 do json.decode(s) end",
           "local s = ('a'):rep(1000000) re.gsub(s, '(a*b|a)', 'x')",
           "for i = 1, 1e9 do pcall(re.test, 'x', '(' .. i) end",
       }) {
    INFO(text);
    f.job.arena.set_limit(size_t{256} << 20);
    const std::string code = code_of_run(f, text);
    CHECK((code == "limit.instructions" || code == "limit.memory" ||
           (code == "script.error" && std::string(text).find("unpack") != std::string::npos)));
    f.job.reset();
    f.context.data = missing();
  }
}

TEST_CASE("the clock is looked at behind what was refused, however few instructions led there") {
  ScriptFixture f;
  f.compile({{ExpressionKind::lua_script, R"(
    local m = {}
    m.__call = setmetatable({}, m)
    pcall(m.__call))"}});
  f.renew();
  f.context.deadline_us = 1;
  Value out{};
  CHECK_FALSE(f.engine->evaluate(0, f.context, out));
  CHECK(f.context.failure.code == "timeout");
}

TEST_CASE("instructions are counted per activation") {
  ScriptFixture f;
  f.limits.instructions = 100'000;
  f.compile({{ExpressionKind::lua_script, "for i = 1, 20000 do end"}});
  Value value{};
  f.renew();
  int runs = 0;
  while (runs < 100 && f.engine->evaluate(0, f.context, value)) ++runs;
  CHECK(runs < 10);
  CHECK(f.context.failure.code == "limit.instructions");
  for (int i = 0; i < 20; ++i) {
    f.renew();
    CHECK(f.engine->evaluate(0, f.context, value));
  }
}

TEST_CASE("memory ends a script and the next job finds the engine well") {
  ScriptFixture f;
  f.limits.memory = size_t{4} << 20;
  f.compile(
      {{ExpressionKind::lua_script, "local t = {}\nfor i = 1, 1e9 do t[i] = {i} end"},
       {ExpressionKind::lua_script, "pcall(function() local s = 'x' while true do s = s .. s end end) emit('e', 1)"},
       {ExpressionKind::lua_script, "emit('e', {ok = #string.rep('x', 1000000)})"},
       {ExpressionKind::lua_script, "local s = string.rep('x', 1 << 23)"},
       {ExpressionKind::lua_script, "local s = 'x' s = re.gsub(('a'):rep(1 << 20), 'a', ('b'):rep(100))"}});
  Value value{};
  for (int round = 0; round < 3; ++round) {
    for (size_t bad : {0u, 1u, 3u, 4u}) {
      f.renew();
      CHECK_FALSE(f.engine->evaluate(bad, f.context, value));
      CHECK((f.context.failure.code == "limit.memory" || (bad >= 3 && f.context.failure.code == "limit.instructions")));
      CHECK(f.context.failure.location.starts_with("flow.yaml:1"));
      CHECK(f.emissions.empty());
      f.renew();
      REQUIRE(f.engine->evaluate(2, f.context, value));
      CHECK(to_json(f.emissions.at(0).item) == R"({"ok":1000000})");
      f.emissions.clear();
    }
  }
  f.renew();
  CHECK_FALSE(f.engine->evaluate(0, f.context, value));
  CHECK(f.context.failure.message == "scripts of one worker need more than 4194304 bytes");
  CHECK(f.context.failure.location == "flow.yaml:11:7");
}

TEST_CASE("memory given back serves later jobs for as long as the worker lives") {
  ScriptFixture f;
  f.limits.memory = size_t{4} << 20;
  f.compile({{ExpressionKind::lua_script,
              "local t = {} for i = 1, 3000 do t[i] = ('x'):rep(i % 900 + 1) .. i end emit('e', #t)"}});
  Value value{};
  for (int i = 0; i < 100; ++i) {
    f.renew();
    REQUIRE(f.engine->evaluate(0, f.context, value));
    f.emissions.clear();
  }
}

TEST_CASE("values beyond the job's memory fail the job") {
  ScriptFixture f;
  f.job.arena.set_limit(size_t{1} << 20);
  CHECK(f.script("local s = ('x'):rep(1000) for i = 1, 10000 do job.set_data('k' .. i, s) end")
            .starts_with("limit.memory: "));
  CHECK(f.context.failure.location == "flow.yaml:10:57");
  f.job.reset();
  f.context.data = missing();
  CHECK(f.script("pcall(function() local s = ('x'):rep(1000) for i = 1, 10000 do json.encode(s) end end)")
            .starts_with("limit.memory: "));
}

TEST_CASE("recursion without end is an error") {
  ScriptFixture f;
  CHECK(f.script("local function f(n)\nreturn 1 + f(n)\nend f(1)") == "script.error: stack overflow (flow.yaml:11:7)");
  CHECK(f.script("local t = {} setmetatable(t, {__index = function(t, k) return t[k] end}) return t.x")
            .starts_with("script.error: "));
  CHECK(f.script("local m = {} m.__call = setmetatable({}, m) local t = setmetatable({}, m) t()")
            .starts_with("script.error: "));
  CHECK(f.script("local function f() pcall(f) error('x') end f()").starts_with("script.error: "));
  CHECK(f.printed("print(pcall(function() local function f() return 1 + f() end return f() end))")
            .starts_with("false\t"));
  CHECK(f.script("local function f(n) if n > 0 then return 1 + f(n - 1) end return 0 end emit('e', f(3000))") == "");
  CHECK(f.failure_of("local t = {} for i = 1, 20000 do t[i] = i end print(table.unpack(t))") ==
        "too many results to unpack");
  CHECK(f.failure_of("print(('x'):rep(20000):byte(1, -1))").find("too many results") != std::string::npos);
  CHECK(f.failure_of("print(utf8.codepoint(('x'):rep(20000), 1, -1))").find("too many results") != std::string::npos);
  CHECK(f.printed("print(('abc'):byte(-2), ('abc'):byte(1, -1))") == "98\t97\t98\t99");
  std::string nested(300, '(');
  CHECK(f.script("return " + nested + "1" + std::string(300, ')')).starts_with("script.error: "));
}

TEST_CASE("a failure of the context ends the script, caught or not") {
  ScriptFixture f;
  CHECK(f.script("pcall(emit, 'e2', 1) job.set_data('after', 1)") ==
        "event.unknown: no event \"e2\" in routine \"logic\"; did you mean \"e\"? (flow.yaml:10:7)");
  CHECK(f.script("\n  pcall(function() fail('my.code', 'sorry') end)\n  job.set_data('after', 1)") ==
        "my.code: sorry (flow.yaml:11:26)");
  CHECK(f.script("fail('my.code')") == "my.code: my.code (flow.yaml:10:7)");
  CHECK(f.script("fail('my.code', {a = 1})") == "my.code: {\"a\":1} (flow.yaml:10:7)");
  CHECK(f.script("xpcall(fail, function() job.set_data('after', 1) end, 'c', 'm')") == "c: m (flow.yaml:10:7)");
  CHECK(f.script("emit('error', 1)").starts_with("event.unknown: the event \"error\" is emitted by the runtime"));
  CHECK(f.script("pcall(job.complete, 'done')").starts_with("job.status: "));
  CHECK(f.job.data.members().empty());
}
