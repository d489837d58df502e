#include "script_fixture.hpp"

using namespace runnel::core;

TEST_CASE("scripts find no way out of the sandbox") {
  ScriptFixture f;
  for (const char* name : {"load",
                           "loadstring",
                           "loadfile",
                           "dofile",
                           "collectgarbage",
                           "require",
                           "package",
                           "io",
                           "os",
                           "debug",
                           "coroutine",
                           "warn",
                           "string.dump",
                           "string.find",
                           "string.match",
                           "string.gmatch",
                           "string.gsub",
                           "math.randomseed",
                           "utf8.charpattern",
                           "rawnext",
                           "newproxy",
                           "getfenv",
                           "setfenv",
                           "module"}) {
    INFO(name);
    CHECK(f.printed("print(" + std::string(name) + " == nil)") == "true");
  }
  CHECK(f.printed("print(('x').find, ('x').gsub, ('x').dump)") == "nil\tnil\tnil");
  CHECK(f.printed("print(getmetatable(''), getmetatable(_ENV), getmetatable(string), getmetatable(job), "
                  "getmetatable(slots))") == "false\tfalse\tfalse\tfalse\tfalse");
}

TEST_CASE("libraries and metatables cannot be changed") {
  ScriptFixture f;
  f.data(R"({"a":[1],"n":1e400})");
  for (const char* attempt : {"string.rep = print",
                              "math.floor = nil",
                              "table.x = 1",
                              "json.null = 1",
                              "re.test = 1",
                              "utf8.len = 1",
                              "worker.get = 1",
                              "worker.shared.get = 1",
                              "job.trace = 1",
                              "slots.x = 1",
                              "env.X = 1",
                              "rawset(string, 'rep', print)",
                              "rawset(json, 'null', 1)",
                              "rawset(job, 'x', 1)",
                              "rawset(worker, 'x', 1)",
                              "rawset(slots, 'x', 1)",
                              "table.insert(string, 1)",
                              "table.move({1}, 1, 1, 1, string)",
                              "table.sort(string)",
                              "setmetatable(string, {})",
                              "setmetatable(_ENV, {})",
                              "setmetatable('', {})",
                              "getmetatable('').__index = {}",
                              "getmetatable(data).__index = print",
                              "getmetatable(nil).__index = print",
                              "setmetatable(json.array{}, nil)",
                              "('').rep = print",
                              "rawset('', 'rep', 1)",
                              "next(string)",
                              "pairs(string)",
                              "rawget(string, 'rep')",
                              "rawlen(job)",
                              "local s <const> = string; s.rep = 1",
                              "json.null.x = 1",
                              "data.n.x = 1",
                              "setmetatable({}, {__gc = print})",
                              "local m = {} m.__gc = print setmetatable({}, m)",
                              "setmetatable(json.null, {})",
                              "table.remove(string)"}) {
    INFO(attempt);
    const std::string failure = f.script(attempt);
    CHECK(failure.starts_with("script.error: "));
  }
  CHECK(f.printed("print(('ab'):rep(2), math.floor(1.5), json.encode(json.null))") == "abab\t1\tnull");
}

TEST_CASE("globals live for one run and are nobody else's") {
  ScriptFixture f;
  f.data("{\"x\":1}");
  const std::vector<std::string> sources{"stash = data; count = (count or 0) + 1; print(count, stash.x)",
                                         "print(stash, count, _G.stash, rawget(_ENV, 'stash'))",
                                         "print = nil; string = 5; data = 7; emit = nil; pairs = function() end",
                                         "local s = string.rep('a', 2) for k in pairs(data) do print(s, k) end",
                                         "rawset(_G, 'count', 9); rawset(_ENV, 'stash', 8); _ENV.other = 1",
                                         "print(other)",
                                         "_ENV = {print = print}; x = 5; print(x)",
                                         "print(x, type(string))",
                                         "local _ENV = {print = print}; y = 6; print(y)",
                                         "print(y)",
                                         "table.insert(_G, 'leak') for i = 1, 100 do _ENV['k' .. i] = i end",
                                         "print(_G[1], k5)",
                                         "function helper() return 1 end setmetatable(_G, nil)",
                                         "print(helper)"};
  std::vector<std::pair<ExpressionKind, std::string>> table;
  for (const auto& source : sources) table.emplace_back(ExpressionKind::lua_script, source);
  f.compile(table);
  const std::vector<std::string> expected{
      "1\t1\n", "nil\tnil\tnil\tnil\n", "", "aa\tx\n", "", "nil\n", "5\n", "nil\tuserdata\n", "6\n", "nil\n",
      "",       "nil\tnil\n",           "", "nil\n"};
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < sources.size(); ++i) {
      INFO(sources[i]);
      f.renew();
      f.job.output.clear();
      Value value{};
      f.engine->evaluate(i, f.context, value);
      CHECK(f.job.output.text() == expected[i]);
    }
  }
}

TEST_CASE("closures do not keep what they closed over from run to run") {
  ScriptFixture f;
  f.compile({{ExpressionKind::lua_script,
              "local n = 0 local function count() n = n + 1 return n end print(count(), count())"}});
  for (int round = 0; round < 2; ++round) {
    f.renew();
    f.job.output.clear();
    Value value{};
    REQUIRE(f.engine->evaluate(0, f.context, value));
    CHECK(f.job.output.text() == "1\t2\n");
  }
}

TEST_CASE("binary chunks are not loaded") {
  ScriptFixture f;
  CHECK(f.script(std::string("\x1bLua\x54\0", 6)).starts_with("script.error: "));
  f.compile({});
  ExpressionTable table(1);
  table[0].kind = ExpressionKind::lua_script;
  table[0].source.text = "\x1bLua";
  const auto engine = make_lua_engine(table, {});
  Value value{};
  f.renew();
  CHECK_FALSE(engine->evaluate(0, f.context, value));
}

TEST_CASE("nothing a script prints depends on addresses or seeds") {
  ScriptFixture f;
  CHECK(f.printed("print({}, {1, {a = 2}}, print, function() end, string, job, worker)") ==
        "{}\t[1,{\"a\":2}]\tfunction\tfunction\tstring\tjob\tworker");
  CHECK(f.printed("print({print}, tostring({[1.5] = 1}))") == "table\ttable");
  CHECK(f.printed("print(string.format('%s|%5s|%%|%d', {1}, print, 3))") == "[1]|function|%|3");
  CHECK(f.failure_of("string.format('%p', {})") == "'%p' is not available");
  CHECK(
      f.printed(
          "for k, v in pairs({z = 1, b = 2, [3] = 'c', [1] = 'a', a = 4, [2.5] = 5, [true] = 6}) do print(k, v) end") ==
      "1\ta\n2.5\t5\n3\tc\na\t4\nb\t2\nz\t1\ntrue\t6");
  CHECK(f.printed("local t = {z = 1, b = 2, 10} local k, v = next(t) while k do print(k, v) k, v = next(t, k) end") ==
        "1\t10\nb\t2\nz\t1");
  CHECK(f.printed("print(next({}))") == "nil");
  CHECK(f.failure_of("next({}, 'x')").find("invalid key") != std::string::npos);
  CHECK(f.printed(
            "local t = {a = 1, b = 2, c = 3} for k in pairs(t) do t.b = nil t[k] = nil print(k) end print(next(t))") ==
        "a\nc\nnil");
  CHECK(f.printed("print(setmetatable({}, {__tostring = function() return 'mine' end}))") == "mine");
}

TEST_CASE("math.random is the job's: the same for the same job, going on from run to run") {
  const auto draw = [](ScriptFixture& f) { return f.printed("print(math.random(1000000), math.random(1000000))"); };
  ScriptFixture a;
  ScriptFixture b;
  const std::string first = draw(a);
  const std::string second = draw(a);
  CHECK(first != second);
  CHECK(draw(b) == first);
  CHECK(draw(b) == second);
  ScriptFixture c;
  c.job.place.ordinal = 2;
  CHECK(draw(c) != first);
  c.job.reset();
  c.job.place.ordinal = 1;
  c.data("{}");
  CHECK(draw(c) == first);
  CHECK(a.printed("local low, high = 1, 0 for i = 1, 1000 do local r = math.random() low = math.min(low, r) "
                  "high = math.max(high, r) end print(low >= 0 and low < 0.05, high < 1 and high > 0.95)") ==
        "true\ttrue");
  CHECK(a.printed("local seen = {} for i = 1, 300 do seen[math.random(-2, 2)] = true end for k in pairs(seen) do "
                  "print(k) end") == "-2\n-1\n0\n1\n2");
  CHECK(a.printed("print(math.type(math.random(0)), math.random(5, 5), math.random(1))") == "integer\t5\t1");
  CHECK(a.printed("local ok = true for i = 1, 50 do ok = ok and math.random(math.mininteger, math.maxinteger) ~= nil "
                  "end print(ok)") == "true");
  CHECK(a.failure_of("math.random(2, 1)").find("interval is empty") != std::string::npos);
}

TEST_CASE("the base functions that stay work as Lua's") {
  ScriptFixture f;
  CHECK(f.printed("print(pcall(error, 'x', 0))") == "false\tx");
  CHECK(f.printed("print(pcall(function(...) return select('#', ...), ... end, 1, nil, 3))") == "true\t3\t1\tnil\t3");
  CHECK(f.printed("print(xpcall(function(a, b) return a + b end, print, 1, 2))") == "true\t3");
  CHECK(f.printed("print(xpcall(error, function(m) return 'handled ' .. m end, 'x'))") == "false\thandled x");
  CHECK(f.printed("print(select(2, pcall(error)), select(2, pcall(error, {code = 1})).code)") == "nil\t1");
  CHECK(f.printed("print(tonumber('0x10'), tonumber('z', 36), tonumber('x'), tonumber(5), tostring(nil))") ==
        "16\t35\tnil\t5\tnil");
  CHECK(f.printed(
            "local t = setmetatable({}, {__index = function(_, k) return k .. '!' end}) print(t.x, rawget(t, 'x'))") ==
        "x!\tnil");
  CHECK(f.failure_of("setmetatable(setmetatable({}, {__metatable = 1}), {})") == "cannot change a protected metatable");
  CHECK(f.printed("print(#arg == 0)").find("script.error") == 0);
  CHECK(f.printed("print(_VERSION)") == "Lua 5.4");
  CHECK(f.printed("local c <close> = setmetatable({}, {__close = function() print('closed') end}) print('body')") ==
        "body\nclosed");
}
