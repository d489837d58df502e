#include "script_fixture.hpp"

using namespace runnel::core;

namespace {

std::string check(ExpressionKind kind, const ExpressionSource& source) {
  static const auto compiler = make_lua_compiler();
  ScriptFacts facts;
  const auto mistake = compiler->check(kind, source, facts);
  if (!mistake) return "";
  return mistake->place.text() + ": " + mistake->message + (mistake->hint.empty() ? "" : " | " + mistake->hint);
}
std::string script(const std::string& text) { return check(ExpressionKind::lua_script, ScriptFixture::source(text)); }
std::string expression(const std::string& text) {
  return check(ExpressionKind::lua_expression, ScriptFixture::source(text));
}

}  // namespace

TEST_CASE("a syntax error has the line and column of the token") {
  CHECK(script("local a = 1\nlocal b = = 2") == "flow.yaml:11:17: unexpected symbol near '='");
  CHECK(script("\n\n  x = + + 1") == "flow.yaml:12:13: unexpected symbol near '+'");
  CHECK(script("local = 5") == "flow.yaml:10:13: <name> expected near '='");
  CHECK(script("if x then") == "flow.yaml:10:12: 'end' expected near <eof>");
  CHECK(script("x = 'abc") == "flow.yaml:10:11: unfinished string near <eof>");
  CHECK(script("goto nowhere") == "flow.yaml:10:7: no visible label 'nowhere' for <goto> at line 10");
  CHECK(script("local x <const> = 1\nx = 2") == "flow.yaml:11:7: attempt to assign to const variable 'x'");
  CHECK(script("x = \"a\" y = \"a\" z ==") == "flow.yaml:10:25: syntax error near '=='");
  CHECK(script("emit('e', {a = 1)") == "flow.yaml:10:23: '}' expected near ')'");
  CHECK(script("f(a, (b), (c)) d)") == "flow.yaml:10:23: syntax error near ')'");
  CHECK(script("x = 1") == "");
}

TEST_CASE("folded and quoted sources are reported where they begin") {
  ExpressionSource source = ScriptFixture::source("x = 1\ny = = 2");
  source.exact_lines = false;
  CHECK(check(ExpressionKind::lua_script, source) == "flow.yaml:10:7: unexpected symbol near '='");
  ScriptFixture f;
  ExpressionTable table(1);
  table[0].kind = ExpressionKind::lua_script;
  table[0].source = ScriptFixture::source("local x = 1\nx()");
  table[0].source.exact_lines = false;
  const auto engine = make_lua_engine(table, {});
  Value value{};
  f.renew();
  CHECK_FALSE(engine->evaluate(0, f.context, value));
  CHECK(f.context.failure.message == "attempt to call a number value (local 'x')");
  CHECK(f.context.failure.location == "flow.yaml:10:7");
}

TEST_CASE("what is no expression is said in plain words") {
  CHECK(expression("") == "flow.yaml:10:7: an empty expression");
  CHECK(expression("  -- nothing") == "flow.yaml:10:7: an empty expression");
  CHECK(expression("data.x = 5") == "flow.yaml:10:14: an assignment where an expression is needed | compare with ==");
  CHECK(expression("data.a data.b") == "flow.yaml:10:14: unexpected 'data' after the expression");
  CHECK(expression("return data.a") ==
        "flow.yaml:10:7: 'return' begins a statement, where an expression is needed | leave 'return' away");
  CHECK(expression("if data.a then") ==
        "flow.yaml:10:7: 'if' begins a statement, where an expression is needed | statements stand in `lua:` of a "
        "script");
  CHECK(expression("data.a >") == "flow.yaml:10:14: the expression is not complete");
  CHECK(expression("data.a, data.b") == "flow.yaml:10:13: one expression is needed, not more: unexpected ','");
  CHECK(expression("data.a;") == "flow.yaml:10:13: one expression is needed, not more: unexpected ';'");
  CHECK(expression("1) + (2").starts_with("flow.yaml:10:8: unexpected ')' after the expression"));
  CHECK(expression("(function(a, b) if a then return a, b end; return 1, 2 end)(data.x, 2)") == "");
  CHECK(expression("{1, 2; 3}") == "");
}

TEST_CASE("words of other languages are refused with Lua's") {
  CHECK(expression("data.a != 1") == "flow.yaml:10:14: unexpected '!' after the expression | Lua writes ~=");
  CHECK(expression("data.a && data.b").find("| Lua writes and") != std::string::npos);
  CHECK(expression("data.a || data.b").find("| Lua writes or") != std::string::npos);
  CHECK(expression("!data.a").find("| Lua writes not") != std::string::npos);
  CHECK(expression("data.flag == True") == "flow.yaml:10:20: unknown name \"True\" | Lua writes true");
  CHECK(expression("data.x is None").find("| Lua writes ==") != std::string::npos);
  CHECK(expression("data.x in (1, 2)").find("| Lua has no `in`") != std::string::npos);
  CHECK(expression("len(data.x) > 1") == "flow.yaml:10:7: unknown name \"len\" | Lua writes #");
}

TEST_CASE("a misspelt name in an expression is found at load") {
  CHECK(expression("dta.amount > 5") == "flow.yaml:10:7: unknown name \"dta\" | did you mean \"data\"?");
  CHECK(expression("data.x == nme").starts_with("flow.yaml:10:17: unknown name \"nme\""));
  CHECK(expression("data.nme.dta({nme = 1})") == "");
  CHECK(expression("data[x]").starts_with("flow.yaml:10:12: unknown name \"x\""));
  CHECK(expression("(function(x) return x end)(1)") == "");
  CHECK(script("x = y") == "");
  for (const char* name : {"data", "slots", "policy_message", "flow_id", "routine_id", "env",    "now",    "re",
                           "json", "emit",  "fail",           "print",   "job",        "worker", "string", "table",
                           "math", "utf8",  "metadata",       "pairs",   "_G",         "_ENV"}) {
    CHECK(expression(name) == "");
  }
}

TEST_CASE("an error at run time has the place of what Lua names") {
  ScriptFixture f;
  f.data("{}");
  CHECK(f.script("local a = 1\n\n  local b = data.user.name") ==
        "script.error: attempt to index a nil value (field 'user') (flow.yaml:12:24)");
  CHECK(f.script("x = undefined_function()") ==
        "script.error: attempt to call a nil value (global 'undefined_function') (flow.yaml:10:11)");
  CHECK(f.script("x = data.a and 1 or data.a + data.a") ==
        "script.error: attempt to perform arithmetic on a nil value (field 'a') (flow.yaml:10:7)");
  CHECK(f.script("error('plain')") == "script.error: plain (flow.yaml:10:7)");
  CHECK(f.script("\nerror('no position', 0)") == "script.error: no position (flow.yaml:11:7)");
  CHECK(f.script("local function f()\n  error('theirs', 2)\nend\n\nf()") == "script.error: theirs (flow.yaml:14:7)");
  CHECK(f.script("error({code = 1, list = {2}})") == R"(script.error: {"code":1,"list":[2]} (flow.yaml:10:7))");
  CHECK(f.script("error()") == "script.error: error() without a message (flow.yaml:10:7)");
  CHECK(f.script("error(nil)") == "script.error: error() without a message (flow.yaml:10:7)");
  CHECK(f.script("error(42)") == "script.error: 42 (flow.yaml:10:7)");
  CHECK(f.script("error(print)") == "script.error: function (flow.yaml:10:7)");
  CHECK(f.script("error(data)") == "script.error: {} (flow.yaml:10:7)");
  CHECK(
      f.script("error(setmetatable({}, {__tostring = function() error('again') end}))").starts_with("script.error: "));
  CHECK(f.script("error('bad \\xff byte')") == "script.error: bad \\xff byte (flow.yaml:10:7)");
  CHECK(f.script("assert(false)") == "script.error: assertion failed! (flow.yaml:10:7)");
  CHECK(f.script("assert(nil, 'said')") == "script.error: said (flow.yaml:10:7)");
  CHECK(f.script("string.rep()").starts_with("script.error: bad argument #1 to 'rep'"));
  CHECK(f.script("local s = string.rep('x', 1e5)\nerror(s)").size() < 17000);
}

TEST_CASE("messages lose the file's name however long it is") {
  for (size_t size : {10u, 58u, 59u, 60u, 61u, 200u}) {
    ScriptFixture f;
    ExpressionTable table(1);
    table[0].kind = ExpressionKind::lua_script;
    table[0].source = ScriptFixture::source("error('x')");
    table[0].source.file = std::string(size - 5, 'd') + ".yaml";
    const auto engine = make_lua_engine(table, {});
    Value value{};
    f.renew();
    CHECK_FALSE(engine->evaluate(0, f.context, value));
    CHECK(f.context.failure.message == "x");
    CHECK(f.context.failure.location == table[0].source.file + ":10:7");
    table[0].source.text = "x = = 1";
    CHECK(check(ExpressionKind::lua_script, table[0].source) ==
          table[0].source.file + ":10:11: unexpected symbol near '='");
  }
}

TEST_CASE("only code that uses the global `worker` keeps state") {
  const auto compiler = make_lua_compiler();
  const auto names_worker = [&](ExpressionKind kind, const std::string& text) {
    ScriptFacts facts;
    REQUIRE_FALSE(compiler->check(kind, ScriptFixture::source(text), facts));
    return facts.names_worker;
  };
  for (const char* text :
       {"worker.set('a', 1)", "local w = worker", "return function() return worker.get('x') end",
        "local s = worker.shared", "f(worker)", "x = {worker}", "x = {a = worker}", "_ENV.worker.set('a', 1)",
        "local x = _G['worker']", "if x then worker.set('a', 1) end", "local worker = worker"}) {
    INFO(text);
    CHECK(names_worker(ExpressionKind::lua_script, text));
  }
  for (const char* text : {"x = 'worker'", "-- worker.set('a', 1)", "x = data.worker", "x = {worker = 1}",
                           "--[[ worker ]] x = 1", "local worker = {} worker.x = 1", "x = job.worker_id",
                           "x = [[worker]]", "data:worker()", "local function f(worker) return worker end",
                           "for worker = 1, 2 do print(worker) end", "goto worker ::worker::", "x = {1, worker = 2}"}) {
    INFO(text);
    CHECK_FALSE(names_worker(ExpressionKind::lua_script, text));
  }
  CHECK(names_worker(ExpressionKind::lua_expression, "worker.get('n', 0) > 3"));
  CHECK_FALSE(names_worker(ExpressionKind::lua_expression, "data.worker == 'worker'"));
  CHECK(names_worker(ExpressionKind::text, "a {data.x} {worker.get('n')}"));
  CHECK_FALSE(names_worker(ExpressionKind::text, "the worker {data.worker}"));
}
